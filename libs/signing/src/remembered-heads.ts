import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Disk } from './disk.js';
import type { FolderLock } from './folder-lock.js';
import { formatHeads, type HeadBook, parseHeads, type RememberedHead } from './head-file.js';
import { isSigningError, SigningError } from './signing-error.js';
import { hasCode } from './system-errors.js';

/** What a decision makes of the head remembered. */
export interface Decided<T> {
  /** To be remembered from now on; null leaves the memory as it is. */
  readonly remember: Omit<RememberedHead, 'origin'> | null;
  readonly result: T;
}

interface Storage {
  readonly path: string;
  readonly lock: FolderLock;
  readonly disk: Disk;
}

/**
 * The last head signed of each log. A new head is on the disk, for good, before `advance` answers, so whoever signs
 * afterwards never signs what he could forget.
 */
export class RememberedHeads {
  readonly #storage: Storage;
  readonly #name: string;
  readonly #heads: Map<string, RememberedHead>;
  /** What the file has to hold. */
  #text: string;
  #queue: Promise<unknown> = Promise.resolve();
  /** Once it is not certain what the disk holds nothing is signed any more; the next start reads it again. */
  #fault: SigningError | null = null;

  private constructor(storage: Storage, text: string, { name, heads }: HeadBook) {
    this.#storage = storage;
    this.#text = text;
    this.#name = name;
    this.#heads = new Map(heads.map((head) => [head.origin, head]));
  }

  /** @throws SigningError `state-missing`, `state-damaged` */
  static async open(storage: Storage): Promise<RememberedHeads> {
    const text = await readState(storage.path);
    const book = parseHeads(text);
    if (book === null) throw damaged(storage.path);
    return new RememberedHeads(storage, text, book);
  }

  /** Whose memory this is. */
  get name(): string {
    return this.#name;
  }

  get(origin: string): RememberedHead | null {
    return this.#heads.get(origin) ?? null;
  }

  all(): readonly RememberedHead[] {
    return [...this.#heads.values()];
  }

  /**
   * Lets `decide` judge by the head remembered and makes durable what it wants remembered; one at a time, from reading
   * to storing.
   * @throws SigningError `lock-lost`, `state-changed`, `state-uncertain`: nothing can be signed until a restart
   * @throws what the disk throws when the new head could not be written: the old one still holds
   */
  async advance<T>(origin: string, decide: (head: RememberedHead | null) => Decided<T>): Promise<T> {
    const turn = this.#queue.then(() => this.#advance(origin, decide));
    this.#queue = turn.catch(() => undefined);
    return await turn;
  }

  async #advance<T>(origin: string, decide: (head: RememberedHead | null) => Decided<T>): Promise<T> {
    if (this.#fault !== null) throw this.#fault;
    const { remember, result } = decide(this.get(origin));
    if (remember === null) return result;
    try {
      await this.#store({ origin, ...remember });
    } catch (error) {
      if (isFatal(error)) this.#fault = error;
      throw error;
    }
    return result;
  }

  async #store(head: RememberedHead): Promise<void> {
    const { path, lock, disk } = this.#storage;
    const heads = new Map(this.#heads).set(head.origin, head);
    const text = formatHeads({ name: this.#name, heads: [...heads.values()] });
    await lock.assertHeld();
    await this.#assertUnchanged();
    await disk.write(`${path}.new`, text);
    await disk.sync(`${path}.new`);
    try {
      await disk.rename(`${path}.new`, path);
      await disk.sync(dirname(path));
    } catch (error) {
      throw uncertain(path, error);
    }
    this.#text = text;
    this.#heads.set(head.origin, head);
  }

  /** Somebody who puts an old file back while we run, or a second process, is noticed at the next signature. */
  async #assertUnchanged(): Promise<void> {
    const { path } = this.#storage;
    const found = await readFile(path, 'utf8').catch(() => null);
    if (found === this.#text) return;
    throw new SigningError('state-changed', {
      zh: `已签记录被别人改动：${path}；已停止签名`,
      en: `The file of heads was changed by somebody else: ${path}; nothing is signed any more`,
    });
  }
}

/** Whether a process that meets this error has to end: it cannot know what it has signed. */
export function isFatal(error: unknown): error is SigningError {
  return ['lock-lost', 'state-changed', 'state-uncertain'].some((code) => isSigningError(error) && error.code === code);
}

async function readState(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new SigningError('state-missing', {
      zh: `已签记录不见了：${path}；请恢复最新的备份。绝不会从零开始`,
      en: `The file of heads is missing: ${path}; restore its newest backup. It is never begun from zero`,
    });
  }
}

function damaged(path: string): SigningError {
  return new SigningError('state-damaged', {
    zh: `已签记录已损坏：${path}；请恢复最新的备份。绝不会从零开始`,
    en: `The file of heads is damaged: ${path}; restore its newest backup. It is never begun from zero`,
  });
}

function uncertain(path: string, cause: unknown): SigningError {
  const text = {
    zh: `不能确定已签记录是否写入：${path}；请检查磁盘后重新启动`,
    en: `It is not certain that the file of heads was stored: ${path}; look at the disk, then start again`,
  };
  return new SigningError('state-uncertain', text, cause);
}
