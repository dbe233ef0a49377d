import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Disk, disk as realDisk } from '#signing';

const FOLDER = 'refused';
/** Of a kind. The first are kept: what follows a fork follows from it. */
const MOST = 100;

/** A checkpoint the log has signed and that contradicts what it signed before, as far as one can tell. */
export interface Contradiction {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note that was refused. */
  readonly refused: string;
  /** The signed note cosigned before; null when there is none. */
  readonly remembered: string | null;
  readonly kind: ContradictionKind;
  readonly atMs: number;
}

/**
 * `two-roots`: one size, two roots, both signed: proof by itself. `not-extended`: not shown to extend what was cosigned
 * before; a wrong proof looks the same, so it takes the log's entries to tell.
 */
export type ContradictionKind = 'two-roots' | 'not-extended';

export interface KeptEvidence {
  /** Name of its folder. */
  readonly id: string;
  readonly origin: string;
  readonly kind: ContradictionKind;
  readonly size: number;
  /** RFC 3339. */
  readonly at: string;
  readonly refused: string;
  readonly remembered: string | null;
}

/** `refused/` in the folder of the witness: a folder for each contradiction, with both signed notes as they came. */
export class Evidence {
  readonly #dir: string;
  readonly #disk: Disk;
  readonly #kept = new Map<string, KeptEvidence>();

  private constructor(dir: string, disk: Disk) {
    this.#dir = dir;
    this.#disk = disk;
  }

  static async open(witnessDir: string, disk: Disk = realDisk): Promise<Evidence> {
    const evidence = new Evidence(join(witnessDir, FOLDER), disk);
    await evidence.#load();
    return evidence;
  }

  list(): readonly KeptEvidence[] {
    return [...this.#kept.values()];
  }

  /** Keeps it, durably, unless it is kept already or there are a hundred of its kind. */
  async keep(found: Contradiction): Promise<void> {
    const id = `${digest(found.origin)}-${found.size}-${Buffer.from(found.root).toString('hex').slice(0, 16)}`;
    if (this.#kept.has(id) || this.list().filter(({ kind }) => kind === found.kind).length >= MOST) return;
    const { origin, kind, size, refused, remembered } = found;
    const kept = { id, origin, kind, size, at: new Date(found.atMs).toISOString(), refused, remembered };
    this.#kept.set(id, kept);
    try {
      await this.#store(kept);
    } catch (error) {
      this.#kept.delete(id);
      throw error;
    }
  }

  async #store({ id, refused, remembered, ...about }: KeptEvidence): Promise<void> {
    const made = join(this.#dir, `${id}.new`);
    await rm(made, { recursive: true, force: true });
    await this.#disk.makeFolder(made);
    const files = {
      'refused.note': refused,
      'remembered.note': remembered,
      'about.json': `${JSON.stringify(about)}\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      if (text === null) continue;
      await this.#disk.write(join(made, name), text);
      await this.#disk.sync(join(made, name));
    }
    await this.#disk.sync(made);
    await this.#disk.rename(made, join(this.#dir, id));
    await this.#disk.sync(this.#dir);
  }

  async #load(): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    for (const id of (await readdir(this.#dir)).sort()) {
      if (id.endsWith('.new')) continue;
      const read = (name: string) => readFile(join(this.#dir, id, name), 'utf8');
      try {
        const about = JSON.parse(await read('about.json'));
        const remembered = await read('remembered.note').catch(() => null);
        this.#kept.set(id, { ...about, id, refused: await read('refused.note'), remembered });
      } catch {
        // Not written by us, or damaged since: it stays where it is, for whoever looks into the folder.
      }
    }
  }
}

function digest(origin: string): string {
  return createHash('sha256').update(origin).digest('hex').slice(0, 16);
}
