const SAMPLE_BYTES = 1024 * 1024;
/** Up to here the whole file is hashed before it is sent, so that the archive can compare at seal. */
export const DECLARE_UP_TO_BYTES = 64 * 1024 * 1024;

/**
 * Tells one file from another without reading it whole: SHA-256 over its first and last MiB. Name, size and date alone
 * are not enough to go on with a half-sent file: two different ones would be joined into one.
 * @returns hex, or `unsampled` where the page is not served securely and browsers give no digests
 */
export async function sampleOf(file: File): Promise<string> {
  const head = await file.slice(0, SAMPLE_BYTES).arrayBuffer();
  const tail = await file.slice(Math.max(SAMPLE_BYTES, file.size - SAMPLE_BYTES)).arrayBuffer();
  const both = new Uint8Array(head.byteLength + tail.byteLength);
  both.set(new Uint8Array(head), 0);
  both.set(new Uint8Array(tail), head.byteLength);
  return (await sha256Of(both)) ?? 'unsampled';
}

/** SHA-256 of the whole file, hex; null when it is too large to hold in memory, or no digests are given here. */
export async function declaredDigestOf(file: File): Promise<string | null> {
  if (file.size > DECLARE_UP_TO_BYTES) return null;
  return sha256Of(new Uint8Array(await file.arrayBuffer()));
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (!globalThis.isSecureContext) return null;
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether the file is still where it was chosen, unchanged: a recorder may have been unplugged since. */
export async function isReadable(file: File): Promise<boolean> {
  return file
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
}

/** Key under which the browser remembers a half-sent file. The same file for another step is another upload. */
export function fingerprintOf(file: File, sample: string, occurrenceId: string | null): string {
  return ['liuhen', sample, file.size, file.lastModified, occurrenceId ?? 'none', encodeURIComponent(file.name)].join(
    '~',
  );
}

/** Whether a remembered upload (its storage key) was of a file with this sample. */
export function isSampleIn(storageKey: string, sample: string): boolean {
  return storageKey.includes(`liuhen~${sample}~`);
}
