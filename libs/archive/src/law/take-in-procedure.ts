import {
  type Actor,
  ArchiveError,
  may,
  mistakesOf,
  type Procedure,
  parseProcedureText,
  type RuleMistake,
  VERSION_MISTAKE,
} from '#domain';
import { type ProcedureVersionRecord, procedureRepository, ruleFileRepository, type Tx } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { by } from '../ledger/append-events.js';
import { named, ruleFileOf, sayKept } from './rule-files.js';

export interface TakenIn {
  /** All of them; when there are any nothing was taken in. */
  readonly mistakes: readonly RuleMistake[];
  readonly procedure: Procedure | null;
  readonly isTakenIn: boolean;
}

/**
 * Takes in a new version of a procedure, or the first of one. Cases that run keep the version they follow; those opened
 * from now on follow this one.
 */
export class TakeInProcedure {
  readonly #parts: Pick<ArchiveParts, 'database' | 'clock'>;

  constructor(parts: Pick<ArchiveParts, 'database' | 'clock'>) {
    this.#parts = parts;
  }

  /**
   * @param file text of the rule file, hashed as it is
   * @param isTrial looks for mistakes and takes nothing in
   * @throws ArchiveError `forbidden`
   */
  async run(actor: Actor, { file, isTrial }: { readonly file: string; readonly isTrial: boolean }): Promise<TakenIn> {
    if (!may(actor, 'rules.manage')) throw new ArchiveError('forbidden', 'not an administrator');
    const read = readFile(Buffer.from(file, 'utf8'));
    if ('mistakes' in read) return { ...read, procedure: null, isTakenIn: false };
    const { procedure } = read;
    const at = this.#parts.clock.now();
    const rule = ruleFileOf(file, procedure);
    return await this.#parts.database.transaction(async (tx) => {
      const mistakes = await mistakesOfVersion(tx, procedure);
      if (mistakes.length > 0) return { mistakes, procedure: null, isTakenIn: false };
      if (isTrial) return { mistakes, procedure, isTakenIn: false };
      // Somebody else took in the same version meanwhile.
      if ((await ruleFileRepository.keep(tx, 'procedure', rule, { at, by: actor.accountId })) !== 'new')
        throw new ArchiveError('conflict', 'the version was taken in meanwhile');
      await sayKept(tx, by(actor, at), 'procedure', [named(rule)]);
      return { mistakes, procedure, isTakenIn: true };
    });
  }
}

function readFile(
  bytes: Uint8Array,
): { readonly procedure: Procedure } | { readonly mistakes: readonly RuleMistake[] } {
  try {
    return { procedure: parseProcedureText(bytes) };
  } catch (error) {
    return { mistakes: mistakesOf(error) };
  }
}

/** Versions are counted without gaps; one of another act is another procedure. */
async function mistakesOfVersion(tx: Tx, { id, version, act }: Procedure): Promise<RuleMistake[]> {
  const newest = await procedureRepository.newestVersion(tx, id);
  const before = newest === 0 ? null : await procedureRepository.find(tx, id, newest);
  return [
    ...(version === newest + 1 ? [] : [{ place: 'version', ...VERSION_MISTAKE.notNext(newest + 1) }]),
    ...(before === null || before.body.act === act
      ? []
      : [{ place: 'act', ...VERSION_MISTAKE.otherAct(before.body.act) }]),
  ];
}

export interface ProcedureDetail {
  readonly procedure: Procedure;
  readonly versions: readonly ProcedureVersionRecord[];
}

/** One procedure, of its newest version unless another is asked for, and all versions there are. */
export class ViewProcedure {
  readonly #parts: Pick<ArchiveParts, 'database'>;

  constructor(parts: Pick<ArchiveParts, 'database'>) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(id: string, version: number | null): Promise<ProcedureDetail> {
    const { reader } = this.#parts.database;
    const versions = await procedureRepository.versions(reader, id);
    const wanted = version ?? versions[0]?.version ?? 0;
    const found = await procedureRepository.find(reader, id, wanted);
    if (found === null) throw new ArchiveError('not-found', `no procedure ${id}/${wanted}`);
    return { procedure: found.body, versions };
  }
}
