/** Hands a text over as a file to be kept. */
export function saveText(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(fileName);
  link.click();
  // Some browsers read it only after the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** No path, nothing invisible: the name may come from a recorder. */
function safeName(fileName: string): string {
  return fileName.replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]/gu, '_').slice(0, 200);
}
