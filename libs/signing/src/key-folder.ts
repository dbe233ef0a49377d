import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Disk, disk as realDisk } from './disk.js';
import { FolderLock } from './folder-lock.js';
import { formatHeads } from './head-file.js';
import { createKeyFile, readKeyFile, type SigningKey } from './key-files.js';
import { RememberedHeads } from './remembered-heads.js';
import { SigningError } from './signing-error.js';
import { hasCode } from './system-errors.js';

/** Keys and heads live and are lost together in this folder; it appears whole, by one rename, or not at all. */
const IDENTITY = 'identity';
const HEADS = 'heads';
const JOURNAL = 'journal.txt';
const MAX_JOURNAL_BYTES = 8 * 2 ** 20;

export interface KeyFolderPlan<K extends string> {
  /** Made when it is not there. */
  readonly dir: string;
  /** One file `<name>.pem` each. */
  readonly keyNames: readonly K[];
  /** What the settings call us; null: whatever we are called, or `nameWhenNew`. */
  readonly name: string | null;
  readonly nameWhenNew: () => string;
  readonly disk?: Disk;
}

/** Keys and memory of one signer or witness, for this process alone until it is closed. */
export interface KeyFolder<K extends string> {
  readonly dir: string;
  /** Origin of the log, or name of the witness: chosen once. */
  readonly name: string;
  readonly keys: Readonly<Record<K, SigningKey>>;
  readonly heads: RememberedHeads;
  /** Adds a line, with the time, to `journal.txt`: for people; nothing is ever read from it. */
  journal(line: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the folder of keys and heads. Only where there is no identity at all are keys made, and only then do heads
 * begin at size 0; a folder with a part of them missing is an error.
 * @throws SigningError `folder-in-use`, `key-missing`, `key-damaged`, `key-readable-by-others`, `state-missing`,
 * `state-damaged`, `name-differs`
 */
export async function openKeyFolder<K extends string>(plan: KeyFolderPlan<K>): Promise<KeyFolder<K>> {
  const { dir, disk = realDisk } = plan;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // A mount point, for one, comes with a mode of its own.
  await chmod(dir, 0o700);
  const lock = await FolderLock.take(dir);
  try {
    const identity = join(dir, IDENTITY);
    if (!(await exists(identity))) await createIdentity(plan, disk);
    const journal = (line: string) => writeJournal(join(dir, JOURNAL), line, disk);
    const keys = await readKeys(identity, plan.keyNames);
    const heads = await RememberedHeads.open({ path: join(identity, HEADS), lock, disk });
    if (plan.name !== null && plan.name !== heads.name) throw nameDiffers(plan.name, heads.name);
    return { dir, name: heads.name, keys, heads, journal, close: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A crash leaves a folder nobody was told of, with keys that have signed nothing: it is thrown away. */
async function createIdentity({ dir, keyNames, name, nameWhenNew }: KeyFolderPlan<string>, disk: Disk): Promise<void> {
  const journals = [JOURNAL, `${JOURNAL}.old`].map((name) => exists(join(dir, name)));
  if ((await Promise.all(journals)).includes(true)) throw identityLost(dir);
  const made = join(dir, `${IDENTITY}.new`);
  await rm(made, { recursive: true, force: true });
  await disk.makeFolder(made);
  for (const keyName of keyNames) await createKeyFile(join(made, `${keyName}.pem`));
  await disk.write(join(made, HEADS), formatHeads({ name: name ?? nameWhenNew(), heads: [] }));
  await disk.sync(join(made, HEADS));
  await disk.sync(made);
  await disk.rename(made, join(dir, IDENTITY));
  await disk.sync(dir);
}

/** Years of it are of no use to anybody: the newest 8 to 16 MiB, some hundred thousand lines, are kept. */
async function writeJournal(path: string, line: string, disk: Disk): Promise<void> {
  await disk.append(path, `${new Date().toISOString()} ${line}`);
  if ((await stat(path)).size > MAX_JOURNAL_BYTES) await disk.rename(path, `${path}.old`);
}

async function readKeys<K extends string>(dir: string, names: readonly K[]): Promise<Record<K, SigningKey>> {
  const pairs = await Promise.all(names.map(async (name) => [name, await readKeyFile(join(dir, `${name}.pem`))]));
  return Object.fromEntries(pairs);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Whoever has a journal has signed before. */
function identityLost(dir: string): SigningError {
  return new SigningError('key-missing', {
    zh: `${dir} 曾经签过名（见 ${JOURNAL}），但 ${IDENTITY} 目录不见了；请从备份恢复。不会自动生成新的密钥`,
    en: `${dir} has signed before (see ${JOURNAL}), but its folder ${IDENTITY} is gone; restore it. No new key is made in its place`,
  });
}

function nameDiffers(wanted: string, found: string): SigningError {
  return new SigningError('name-differs', {
    zh: `设置中的名称是 ${wanted}，而此目录的密钥属于 ${found}；名称定下后不能更改`,
    en: `The settings name ${wanted}, but the keys of this folder are those of ${found}; a name is chosen once`,
  });
}
