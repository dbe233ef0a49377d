import { Readable } from 'node:stream';
import { type Actor, ArchiveError, type Id, utc } from '#domain';
import type { ZipPiece } from '#dossier';
import type { ByteRange, ObjectStore } from '#object-store';
import { type CaseRecord, type ExportRecord, exportRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireCase } from '../cases/case-access.js';
import { appendEvents, by } from '../ledger/append-events.js';
import type { OpenedBytes } from '../viewing/open-original.js';
import { type DossierPlan, layoutOf, readPlan } from './dossier-plan.js';
import { atTheirVersions } from './pinned-originals.js';

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'clock' | 'settings'>;

const LISTED = 20;
/** Read while earlier bytes are on their way: on a busy machine each would wait for the other, megabyte by megabyte. */
const READ_AHEAD_BYTES = 8_388_608;

export class ViewExports {
  readonly #parts: Pick<Needs, 'database'>;

  constructor(parts: Pick<Needs, 'database'>) {
    this.#parts = parts;
  }

  /** One that was asked for. @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<ExportRecord> {
    return (await requireExport(this.#parts.database.reader, actor, id)).record;
  }

  /** Those of a case, newest first. @throws ArchiveError `not-found` */
  async ofCase(actor: Actor, caseId: Id): Promise<ExportRecord[]> {
    const { reader } = this.#parts.database;
    await requireCase(reader, actor, caseId, 'case.export');
    return await exportRepository.ofCase(reader, caseId, LISTED);
  }
}

/** The dossier as a zip file, whole or a range of it, streamed from where its files lie: only a chunk is held in memory. */
export class OpenDossier {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found`, `precondition-failed` before it is ready */
  async run(actor: Actor, id: Id): Promise<OpenedBytes> {
    const { database, store } = this.#parts;
    const { record, found } = await requireExport(database.reader, actor, id);
    const { plan: stored, zipBytes, tagManifest } = record;
    if (record.state !== 'ready' || stored === null || zipBytes === null)
      throw new ArchiveError('precondition-failed', `the dossier is ${record.state}`, {
        details: { state: record.state },
      });
    return {
      // As the agency calls it: on a disk with many dossiers an id tells nobody anything.
      ...{ mime: 'application/zip', fileName: `${found.number} ${this.#dayOf(record.askedAt)}.zip` },
      ...{ totalBytes: zipBytes, mayCache: false },
      tag: `${id}-${tagManifest?.slice('sha256:'.length)}`,
      open: async (range, signal) => {
        const plan = await atTheirVersions(database.reader, await readPlan(store, stored));
        await this.#logRead(actor, record);
        const bytes = bytesOf(store, plan, { range, signal });
        return Readable.from(bytes, { objectMode: false, highWaterMark: READ_AHEAD_BYTES });
      },
    };
  }

  /** By the calendar of the agency: `2026-11-22`. */
  #dayOf(at: Date): string {
    return utc(new Date(at.getTime() + this.#parts.settings.deviceZoneMinutes * 60_000)).slice(0, 10);
  }

  /** Committed before the first byte; once a session, since a download may be many requests. */
  async #logRead(actor: Actor, { id, caseId }: ExportRecord): Promise<void> {
    const { database, clock } = this.#parts;
    const at = clock.now();
    await database.transaction(async (tx) => {
      if (!(await exportRepository.addRead(tx, id, actor.sessionId, at))) return;
      await appendEvents(tx, by(actor, at), [
        { type: 'case.dossier_read', chain: `case:${caseId}`, public: { dossier: id, session: actor.sessionId } },
      ]);
    });
  }
}

async function requireExport(tx: Tx, actor: Actor, id: Id): Promise<{ record: ExportRecord; found: CaseRecord }> {
  const record = await exportRepository.find(tx, id);
  if (record === null) throw new ArchiveError('not-found', `no export ${id}`);
  const { found } = await requireCase(tx, actor, record.caseId, 'case.export');
  return { record, found };
}

async function* bytesOf(
  store: ObjectStore,
  plan: DossierPlan,
  { range, signal }: { readonly range: ByteRange | null; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const layout = layoutOf(plan);
  const pieces: Iterable<ZipPiece> = layout.pieces(
    range?.start ?? 0,
    range === null ? layout.sizeBytes : range.end + 1,
  );
  for (const piece of pieces) {
    signal.throwIfAborted();
    if ('bytes' in piece) {
      yield piece.bytes;
      continue;
    }
    const { entry, from, to } = piece;
    const object = plan.files[entry]?.object;
    if (object === undefined) throw new ArchiveError('internal', 'the plan is short of a file');
    yield* (await store.read(object, { start: from, end: to - 1 }, signal)) as AsyncIterable<Uint8Array>;
  }
}
