import { writeSync } from 'node:fs';
import type { ArchiveParts, Replica } from '#archive';
import type { IntakeWriter, ObjectStore } from '#object-store';
import type { Tx } from '#persistence';

/** Blocks between two points inside a long run of writes: the parts of the S3 store, so that each has its own. */
const WRITES_APART = 8;

/**
 * Ends the process at the n-th point it passes, as a power cut would: no handler runs, nothing is flushed. The name of
 * the point is said before, so that the test can tell where it was.
 */
export class Failpoints {
  readonly #fatal: number;
  #passed = 0;

  constructor(fatal: number) {
    this.#fatal = fatal;
  }

  pass(name: string): void {
    this.#passed += 1;
    if (this.#passed !== this.#fatal) return;
    writeSync(1, `killed at ${name}\n`);
    process.kill(process.pid, 'SIGKILL');
  }

  /** One point while the work is under way, one when it is done and nobody has heard of it yet. */
  async around<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = work();
    this.pass(`${name}, under way`);
    const result = await running;
    this.pass(`${name}, done`);
    return result;
  }
}

/** The parts of an archive, with a point at everything that leaves the process. */
export function withFailpoints(parts: ArchiveParts, points: Failpoints): ArchiveParts {
  const { replica } = parts;
  return {
    ...parts,
    replica: replica && replace(replica, points, { open: openWith(replica, points) }),
    database: replace(parts.database, points, {
      transaction: transact(parts.database, points),
      reader: changing(parts.database.reader, points),
    }),
    queue: replace(parts.queue, points, {}),
    store: storeWithPoints(parts.store, points),
  };
}

function storeWithPoints(store: ObjectStore, points: Failpoints): ObjectStore {
  return replace(store, points, {
    // Reads, a key at a time: nothing of it is left behind.
    list: store.list.bind(store),
    identity: store.identity.bind(store),
    resumeIntake: (...given: Parameters<ObjectStore['resumeIntake']>) => resume(store, points, given),
  });
}

/** The second store, with its points, each time it is opened. */
function openWith(replica: Replica, points: Failpoints): Replica['open'] {
  return async () => {
    const opened = await replica.open();
    return { ...opened, store: storeWithPoints(opened.store, points) };
  };
}

/** Somebody who is asked over a socket: one point while he works, one when his answer is there and nobody has it yet. */
export function around<T extends object>(part: T, points: Failpoints): T {
  return replace(part, points, {});
}

/** The same part: methods named in `instead` are those, every other has a point while it works and one when it is done. */
function replace<T extends object>(part: T, points: Failpoints, instead: Partial<Record<keyof T, unknown>>): T {
  return new Proxy(part, {
    get: (target, name) => {
      const other = instead[name as keyof T];
      if (other !== undefined) return other;
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => points.around(String(name), () => method.apply(target, given));
    },
  });
}

/** A single statement may change something without a transaction around it. */
function changing(reader: Tx, points: Failpoints): Tx {
  return new Proxy(reader, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        const run = () => method.apply(target, given);
        const isChange = name === 'query' && /^\s*(WITH|UPDATE|INSERT|DELETE)/.test(String(given[0]));
        return isChange ? points.around('statement', run) : run();
      };
    },
  });
}

function transact(database: ArchiveParts['database'], points: Failpoints) {
  return async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    const result = await database.transaction(async (tx) => {
      const made = await work(tx);
      points.pass('transaction, before the commit');
      return made;
    });
    points.pass('transaction, committed');
    return result;
  };
}

async function resume(
  store: ObjectStore,
  points: Failpoints,
  [intake, parts, options]: Parameters<ObjectStore['resumeIntake']>,
): Promise<IntakeWriter> {
  const writer = await points.around('resumeIntake', () =>
    store.resumeIntake(intake, parts, {
      onReleased: options.onReleased,
      onPart: (part) => {
        points.pass(`part ${part.number}, stored`);
        options.onPart(part);
        points.pass(`part ${part.number}, told`);
      },
    }),
  );
  let writes = 0;
  return {
    write: async (bytes) => {
      writes += 1;
      if (writes % WRITES_APART === 0) await points.around('write', () => writer.write(bytes));
      else await writer.write(bytes);
    },
    flush: (options) => points.around('flush', () => writer.flush(options)),
    abandon: () => writer.abandon(),
  };
}
