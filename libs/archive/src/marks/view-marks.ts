import { type Actor, type Id, may, type NoteDemand } from '#domain';
import {
  accountRepository,
  type CaseRecord,
  caseRepository,
  type MarkRecord,
  markRepository,
  type NotedRecord,
  type TranscriptRecord,
  transcriptRepository,
} from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { requireAsset } from '../assets/asset-subject.js';
import { requireCase } from '../cases/case-access.js';
import type { OpenViewing } from '../viewing/viewings.js';
import { demandsOn } from './marked-asset.js';

type Needs = Pick<ArchiveParts, 'database'>;

export interface AssetMarks {
  /** All versions of every mark, oldest first. */
  readonly marks: readonly MarkRecord[];
  /** Newest first. */
  readonly transcripts: readonly TranscriptRecord[];
  readonly missing: readonly NoteDemand[];
  readonly names: ReadonlyMap<Id, string>;
  readonly mayMark: boolean;
}

export class ViewMarks {
  readonly #parts: Needs;
  readonly #openViewing: OpenViewing;

  constructor(parts: Needs, openViewing: OpenViewing) {
    this.#parts = parts;
    this.#openViewing = openViewing;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, assetId: Id): Promise<AssetMarks> {
    const { reader } = this.#parts.database;
    const { asset, link, subject } = await requireAsset(reader, actor, assetId, 'asset.read');
    const marks = await markRepository.ofAsset(reader, assetId);
    const transcripts = await transcriptRepository.ofAsset(reader, assetId);
    // Who reads what is said in a recording reads the recording.
    if (transcripts.some(({ text }) => text !== null)) await this.#openViewing.run(actor, asset);
    const [noted] = await markRepository.noted(reader, { assetId });
    const people = [...marks.map(({ author }) => author), ...transcripts.map(({ attachedBy }) => attachedBy)];
    const found: CaseRecord | null = link && (await caseRepository.find(reader, link.caseId));
    return {
      ...{ marks, transcripts, missing: noted === undefined ? [] : demandsOn(noted) },
      names: await accountRepository.namesOf(reader, [...new Set(people)]),
      mayMark: may(actor, 'asset.mark', subject) && (found === null || found.state === 'open'),
    };
  }
}

export interface MissingNotes {
  readonly recording: NotedRecord;
  readonly missing: readonly NoteDemand[];
}

/** Recordings of a case that still owe key content or a transcript. */
export class ListMissingNotes {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, caseId: Id): Promise<MissingNotes[]> {
    const { reader } = this.#parts.database;
    await requireCase(reader, actor, caseId, 'case.read');
    const recordings = await markRepository.noted(reader, { caseId });
    return recordings.flatMap((recording) => {
      const missing = demandsOn(recording);
      return missing.length === 0 ? [] : [{ recording, missing }];
    });
  }
}
