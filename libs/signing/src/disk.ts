import { appendFile, mkdir, open, rename } from 'node:fs/promises';

/**
 * What is done to the disk, a step a call: the order of these calls is what a crash may cut anywhere. Handed in, so
 * that the crash tests can end the process at each.
 */
export interface Disk {
  /** Writes a file of our own, whole, over what a crash may have left of it; not yet durable. */
  write(path: string, text: string): Promise<void>;
  /** Makes the contents of a file, or the names in a folder, survive a power cut. */
  sync(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A folder only we can enter. */
  makeFolder(path: string): Promise<void>;
  /** Adds a line at the end; not yet durable. */
  append(path: string, line: string): Promise<void>;
}

const OURS_ALONE = 0o600;

export const disk: Disk = {
  write: async (path, text) => {
    const file = await open(path, 'w', OURS_ALONE);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  },
  sync: async (path) => {
    const file = await open(path, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  makeFolder: async (path) => void (await mkdir(path, { mode: 0o700 })),
  append: async (path, line) => appendFile(path, `${line}\n`, { mode: OURS_ALONE }),
};
