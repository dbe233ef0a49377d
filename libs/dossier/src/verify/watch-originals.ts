import { BLOCK_BYTES, blockRoot, GrowingTree, type Hash, isTlogError, leafHash } from '#tlog';
import type { BagFile, ContentWatcher } from '../bag/bag-files.js';
import { assetOfOriginal, blocksPath, renditionOfPath } from '../layout/dossier-files.js';
import { ItemFindings } from './dossier-report.js';
import { isSame } from './read-event.js';
import { joined, type Parts } from './read-part.js';

/** SHA-256(0x00 ‖ block) of at most 1 MiB: at once, or later where the platform does so (WebCrypto, a thread). */
export type LeafOfBlock = (block: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** What the bytes of an original were found to be. */
export interface OriginalContent {
  readonly path: string;
  readonly sizeBytes: number;
  readonly blockRoot: Uint8Array;
  /** Lower-case hex; undefined when nothing here could compute it, or no manifest asks for it. */
  readonly sha256: string | undefined;
  readonly sm3: string | undefined;
  /** First block that differs from the list in the dossier. */
  readonly firstBadBlock: number | null;
  /** Root of the list in the dossier; null when there is none, or one that cannot be read. */
  readonly listRoot: Uint8Array | null;
  /** The list is there, and the disk did not give it. */
  readonly isListUnread: boolean;
}

/** 2 TiB a file. */
const MAX_LIST_BYTES = 67_108_864;

/** Sees originals pass while the bag is checked, block by block, and what renditions hash to. */
export class OriginalsWatch {
  readonly contents = new Map<string, OriginalContent>();
  /** SHA-256 of files of renditions, in hex. */
  readonly renditions = new Map<string, string | undefined>();
  readonly #sha256: Hash;
  readonly #leafOfBlock: LeafOfBlock;
  readonly #parts: Parts;

  constructor(sha256: Hash, parts: Parts, leafOfBlock: LeafOfBlock | undefined) {
    this.#sha256 = sha256;
    this.#parts = parts;
    this.#leafOfBlock = leafOfBlock ?? ((block) => leafHash(sha256, block));
  }

  async watch({ path }: BagFile): Promise<ContentWatcher | null> {
    if (renditionOfPath(path) !== null)
      return {
        update: () => undefined,
        end: async ({ digests }) => void this.renditions.set(path, digests.get('sha256')),
      };
    const assetId = assetOfOriginal(path);
    if (assetId === null || this.contents.has(path)) return null;
    const list = await this.#listOf(assetId);
    const isListUnread = list === null && this.#parts.has(blocksPath(assetId));
    const blocks = new BlockCheck(this.#sha256, this.#leafOfBlock, list);
    return {
      update: (chunk) => blocks.update(chunk),
      end: async ({ sizeBytes, digests }) => {
        await blocks.end();
        this.contents.set(path, {
          ...{ path, sizeBytes, sha256: digests.get('sha256'), sm3: digests.get('sm3') },
          ...{ blockRoot: blocks.root(), firstBadBlock: blocks.firstBad, isListUnread },
          listRoot: list === null ? null : rootOf(this.#sha256, list),
        });
      },
    };
  }

  /** What is wrong with the list is said when it is held against the events. */
  async #listOf(assetId: string): Promise<Uint8Array | null> {
    const path = blocksPath(assetId);
    if (!this.#parts.has(path)) return null;
    return await this.#parts.whole(path, new ItemFindings('original'), MAX_LIST_BYTES);
  }
}

function rootOf(sha256: Hash, list: Uint8Array): Uint8Array | null {
  try {
    return blockRoot(sha256, list);
  } catch (error) {
    if (!isTlogError(error)) throw error;
    return null;
  }
}

/** Cuts what comes into blocks and grows their tree. */
class BlockCheck {
  readonly #leafOfBlock: LeafOfBlock;
  readonly #list: Uint8Array | null;
  readonly #tree: GrowingTree;
  /** Copies: chunks are the reader's again once they were taken. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  firstBad: number | null = null;

  constructor(sha256: Hash, leafOfBlock: LeafOfBlock, list: Uint8Array | null) {
    this.#tree = new GrowingTree(sha256);
    this.#leafOfBlock = leafOfBlock;
    this.#list = list;
  }

  update(chunk: Uint8Array): void | Promise<void> {
    const blocks = [...this.#cut(chunk)];
    const leaves = blocks.map((block) => this.#leafOfBlock(block));
    if (!leaves.some((leaf) => leaf instanceof Promise)) {
      for (const leaf of leaves) this.#append(leaf as Uint8Array);
      return;
    }
    return Promise.all(leaves).then((hashed) => {
      for (const leaf of hashed) this.#append(leaf);
    });
  }

  async end(): Promise<void> {
    if (this.#restBytes > 0) this.#append(await this.#leafOfBlock(this.#takeRest()));
  }

  root(): Uint8Array {
    return this.#tree.root();
  }

  /** Whole blocks as they lie in the chunk where that is possible; else gathered in memory of their own. */
  *#cut(chunk: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#restBytes === 0 && chunk.length - at >= BLOCK_BYTES) {
        yield chunk.subarray(at, at + BLOCK_BYTES);
        at += BLOCK_BYTES;
        continue;
      }
      const taken = Uint8Array.prototype.slice.call(chunk, at, at + BLOCK_BYTES - this.#restBytes);
      this.#rest.push(taken);
      this.#restBytes += taken.length;
      at += taken.length;
      if (this.#restBytes < BLOCK_BYTES) return;
      yield this.#takeRest();
    }
  }

  #takeRest(): Uint8Array {
    const block = joined(this.#rest, this.#restBytes);
    [this.#rest, this.#restBytes] = [[], 0];
    return block;
  }

  #append(leaf: Uint8Array): void {
    const index = this.#tree.size;
    const listed = this.#list?.subarray(32 * index, 32 * index + 32);
    if (listed !== undefined && this.firstBad === null && !isSame(listed, leaf)) this.firstBad = index;
    this.#tree.append(leaf);
  }
}
