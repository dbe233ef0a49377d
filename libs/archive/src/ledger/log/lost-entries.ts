import { keys, type ObjectStore } from '#object-store';
import { decodeEntries, parseTilePath, TILE_WIDTH } from '#tlog';
import { readAll } from './write-once.js';

/** Where leaves were found; each may hold what the other has not. */
export type EntrySource = 'vault' | 'staging';

interface Piece {
  readonly source: EntrySource;
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

const PREFIX = keys.logTile('tile/entries');

/**
 * Leaves of the log as they were published in the vault, or laid in staging before they were signed. Nothing here is
 * believed: who uses them compares the root they lead to.
 */
export class LostEntries {
  readonly #store: ObjectStore;
  readonly #pieces: readonly Piece[];

  private constructor(store: ObjectStore, pieces: readonly Piece[]) {
    this.#store = store;
    this.#pieces = pieces;
  }

  static async find(store: ObjectStore): Promise<LostEntries> {
    const pieces: Piece[] = [];
    for await (const { key } of store.list('vault', `${PREFIX}/`)) pieces.push(...bundleOf(key));
    for await (const { key } of store.list('staging', keys.logEntriesWaiting())) {
      const range = keys.rangeOfLogEntries(key);
      if (range !== null) pieces.push({ source: 'staging', key, ...range });
    }
    return new LostEntries(store, pieces);
  }

  /** Where the leaves end that lie without a gap from an index on, in both places together. */
  endFrom(index: number): number {
    let end = index;
    for (;;) {
      const further = Math.max(end, ...this.#over(end).map(({ to }) => to));
      if (further === end) return end;
      end = further;
    }
  }

  /**
   * Leaves from an index up to, without, another, in order.
   * @param first which place is asked first where both have a leaf
   * @returns null when one is found nowhere
   * @throws TlogError `malformed-bundle`; ArchiveError of the store
   */
  async read(from: number, to: number, first: EntrySource): Promise<Buffer[] | null> {
    const leaves: Buffer[] = [];
    while (from + leaves.length < to) {
      const at = from + leaves.length;
      const piece = this.#over(at).sort((a, b) => rank(a, first) - rank(b, first) || b.to - a.to)[0];
      if (piece === undefined) return null;
      const found = decodeEntries(await this.#bytes(piece), piece.to - piece.from);
      leaves.push(...found.slice(at - piece.from, to - piece.from).map((leaf) => Buffer.from(leaf)));
    }
    return leaves;
  }

  #over(index: number): Piece[] {
    return this.#pieces.filter(({ from, to }) => from <= index && index < to);
  }

  async #bytes({ source, key }: Piece): Promise<Buffer> {
    // The first version is the one that was published; what was put over it later is not.
    const version = (await this.#store.listVersions(source, key)).filter((one) => !one.isDeleteMarker).at(-1);
    const { versionId = null, sizeBytes = 0 } = version ?? {};
    return await readAll(this.#store, { area: source, key, versionId, sizeBytes });
  }
}

function rank({ source }: Piece, first: EntrySource): number {
  return source === first ? 0 : 1;
}

function bundleOf(key: string): Piece[] {
  try {
    const place = parseTilePath(keys.pathOfLogTile(key) ?? '');
    if (place.level !== 'entries') return [];
    const from = place.index * TILE_WIDTH;
    return [{ source: 'vault', key, from, to: from + place.width }];
  } catch {
    return [];
  }
}
