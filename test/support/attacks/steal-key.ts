import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatHeads, parseHeads } from '#signing';

/** Whoever owns the signer's machine: the key signs on, and what it signed is forgotten. Restart the signer after it. */
export async function forgetSigned(signerDir: string): Promise<void> {
  const path = join(signerDir, 'identity', 'heads');
  const book = parseHeads(await readFile(path, 'utf8'));
  if (book === null) throw new Error('no heads to forget');
  await writeFile(path, formatHeads({ name: book.name, heads: [] }));
}
