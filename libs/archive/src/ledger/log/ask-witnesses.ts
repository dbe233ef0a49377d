import { type CheckpointRecord, type Database, logRepository, type WitnessRecord } from '#persistence';
import type { WitnessClient } from '#signing';
import type { Clock, Log } from '../../archive.js';
import { proveGrowth } from './tree-proofs.js';

/** A witness that is asked to cosign: its name, its key as it is shown, and how it is reached. */
export interface AskedWitness {
  readonly name: string;
  readonly vkey: string;
  readonly client: Pick<WitnessClient, 'cosign'>;
}

interface Needs {
  /** Of the login that may grow the log. */
  readonly database: Database;
  readonly witnesses: readonly AskedWitness[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Has the newest checkpoint cosigned by whoever has not cosigned it yet, all at once; what each says is kept. */
export class AskWitnesses {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @returns names of the witnesses that refused: each is an alarm */
  async run(): Promise<string[]> {
    const { database, witnesses } = this.#needs;
    const newest = await logRepository.checkpoint(database.reader);
    if (newest === null) return [];
    const known = new Map((await logRepository.witnesses(database.reader)).map((record) => [record.name, record]));
    const refusals = await Promise.all(
      witnesses.map(async (witness) =>
        (await this.#ask(witness, newest, known.get(witness.name))) ? [] : [witness.name],
      ),
    );
    return refusals.flat();
  }

  /** @returns false when the witness has refused */
  async #ask(witness: AskedWitness, newest: CheckpointRecord, before: WitnessRecord | undefined): Promise<boolean> {
    const { database, clock, log } = this.#needs;
    const { name, vkey } = witness;
    if (before !== undefined && before.size === newest.size && before.refusal === null) return true;
    const askedAt = clock.now();
    const last = { name, vkey, size: before?.size ?? 0, answeredAt: before?.answeredAt ?? null, askedAt };
    try {
      const asked = { oldSize: last.size, size: newest.size, note: newest.note };
      const answer = await witness.client.cosign(asked, (from) => proveGrowth(database.reader, from, newest.size));
      const answeredAt = clock.now();
      if ('line' in answer) {
        const cosignedAt = new Date(answer.timeS * 1_000);
        await logRepository.addCosignature(database.reader, {
          size: newest.size,
          witness: name,
          line: answer.line,
          cosignedAt,
        });
        await this.#keep({ ...last, size: newest.size, answeredAt, refusal: null, refusedAt: null });
        return true;
      }
      const refusal = 'conflict' in answer ? `remembers ${answer.conflict}` : `${answer.refused}: ${answer.reason}`;
      await this.#keep({ ...last, answeredAt, refusal, refusedAt: before?.refusedAt ?? answeredAt });
      log.error({ witness: name, size: newest.size, refusal }, 'a witness refuses to cosign');
      return false;
    } catch (error) {
      // Not to be reached is not a refusal: the lag shows it.
      log.warn({ witness: name, err: error }, 'a witness could not be asked');
      await this.#keep({ ...last, refusal: before?.refusal ?? null, refusedAt: before?.refusedAt ?? null });
      return true;
    }
  }

  async #keep(record: WitnessRecord): Promise<void> {
    await logRepository.putWitness(this.#needs.database.reader, record);
  }
}
