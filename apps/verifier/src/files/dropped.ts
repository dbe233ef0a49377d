/** What was dropped on the page: a folder with all files in it, or one file. Null when it is neither. */
export type Dropped =
  | { readonly kind: 'folder'; readonly name: string; readonly files: readonly (readonly [string, File])[] }
  | { readonly kind: 'file'; readonly file: File };

/** Taken from the event at once: the browser empties it when the handler returns. */
export function takeDropped(transfer: DataTransfer): Promise<Dropped | null> {
  const [item] = [...transfer.items].filter(({ kind }) => kind === 'file');
  if (item === undefined) return Promise.resolve(null);
  const handle = (item as DroppedItem).getAsFileSystemHandle?.();
  const entry = item.webkitGetAsEntry();
  const file = item.getAsFile();
  return readDropped({ handle, entry, file });
}

interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

interface Given {
  readonly handle: Promise<FileSystemHandle | null> | undefined;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

/** Handles first: on pages opened from a disk, Chromium lists entries but does not give their files. */
async function readDropped({ handle, entry, file }: Given): Promise<Dropped | null> {
  const found = await handle?.catch(() => null);
  if (found?.kind === 'directory') {
    const files = await filesBelow(found as FileSystemDirectoryHandle, found.name);
    return { kind: 'folder', name: found.name, files };
  }
  if (entry?.isDirectory === true) {
    const files = await filesOfEntry(entry as FileSystemDirectoryEntry, entry.name);
    return { kind: 'folder', name: entry.name, files };
  }
  return file === null ? null : { kind: 'file', file };
}

async function filesBelow(folder: FileSystemDirectoryHandle, path: string): Promise<(readonly [string, File])[]> {
  const found: (readonly [string, File])[] = [];
  for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
    const inner = `${path}/${name}`;
    if (handle.kind === 'directory') found.push(...(await filesBelow(handle as FileSystemDirectoryHandle, inner)));
    else found.push([inner, await (handle as FileSystemFileHandle).getFile()]);
  }
  return found;
}

async function filesOfEntry(folder: FileSystemDirectoryEntry, path: string): Promise<(readonly [string, File])[]> {
  const reader = folder.createReader();
  const found: (readonly [string, File])[] = [];
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    // It comes in portions, and an empty one is the end.
    if (entries.length === 0) return found;
    for (const entry of entries) {
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory) found.push(...(await filesOfEntry(entry as FileSystemDirectoryEntry, inner)));
      else
        found.push([
          inner,
          await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed)),
        ]);
    }
  }
}
