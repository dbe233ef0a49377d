import {
  type CheckpointRecord,
  checkpointRepository,
  type Database,
  logRepository,
  type WitnessRecord,
} from '#persistence';
import type { WitnessAnswer, WitnessClient } from '#signing';
import { isQuorum, type Policy } from '#tlog';
import type { Clock, Log } from '../../archive.js';
import { appendEvents, bySystem } from '../append-events.js';
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
  /** Of the running archive: a refusal is an event. */
  readonly app: Database;
  readonly witnesses: readonly AskedWitness[];
  /** Which of them it takes for a checkpoint to be anchored. */
  readonly policy: Policy;
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
    const newest = await checkpointRepository.newest(database.reader);
    if (newest === null) return [];
    const known = new Map(
      (await checkpointRepository.witnesses(database.reader)).map((record) => [record.name, record]),
    );
    const refusals = await Promise.all(
      witnesses.map(async (witness) =>
        (await this.#ask(witness, newest, ofThisKey(witness, known.get(witness.name)))) ? [] : [witness.name],
      ),
    );
    await this.#recordAnchor(newest);
    return refusals.flat();
  }

  /** Anchored: a quorum has cosigned this very checkpoint. */
  async #recordAnchor({ size }: CheckpointRecord): Promise<void> {
    const { database, policy, clock } = this.#needs;
    if (policy.quorum === null) return;
    const known = await checkpointRepository.witnesses(database.reader);
    const cosigned = known.filter((record) => record.size === size && record.refusal === null);
    if (isQuorum(policy, new Set(cosigned.map(({ name }) => name))))
      await logRepository.setAnchored(database.reader, size, clock.now());
  }

  /** @returns false when the witness has refused */
  async #ask(witness: AskedWitness, newest: CheckpointRecord, before: WitnessRecord | undefined): Promise<boolean> {
    const { clock } = this.#needs;
    if (before !== undefined && before.size === newest.size && before.refusal === null) return true;
    const asked: WitnessRecord = {
      ...{ name: witness.name, vkey: witness.vkey, size: before?.size ?? 0, askedAt: clock.now() },
      ...{ answeredAt: before?.answeredAt ?? null, refusal: before?.refusal ?? null },
      refusedAt: before?.refusedAt ?? null,
    };
    const answer = await this.#cosign(witness, newest, asked.size);
    if (answer === null) await this.#keep(asked);
    else if ('line' in answer) await this.#keepCosignature(asked, newest, answer);
    else
      await this.#keepRefusal(asked, newest, 'conflict' in answer ? `remembers ${answer.conflict}` : wordsOf(answer));
    return answer === null || 'line' in answer;
  }

  /** Not to be reached is no refusal: null, and the lag shows it. */
  async #cosign(witness: AskedWitness, newest: CheckpointRecord, oldSize: number): Promise<WitnessAnswer | null> {
    const { database, log } = this.#needs;
    try {
      return await witness.client.cosign({ oldSize, size: newest.size, note: newest.note }, (from) =>
        proveGrowth(database.reader, from, newest.size),
      );
    } catch (error) {
      log.warn({ witness: witness.name, err: error }, 'a witness could not be asked');
      return null;
    }
  }

  async #keepCosignature(
    asked: WitnessRecord,
    { size }: CheckpointRecord,
    { line, timeS }: Extract<WitnessAnswer, { line: string }>,
  ): Promise<void> {
    const cosignedAt = new Date(timeS * 1_000);
    await checkpointRepository.addCosignature(this.#needs.database.reader, {
      size,
      witness: asked.name,
      line,
      cosignedAt,
    });
    await this.#keep({ ...asked, size, answeredAt: this.#needs.clock.now(), refusal: null, refusedAt: null });
  }

  async #keepRefusal(asked: WitnessRecord, { size }: CheckpointRecord, refusal: string): Promise<void> {
    const at = this.#needs.clock.now();
    this.#needs.log.error({ witness: asked.name, size, refusal }, 'a witness refuses to cosign');
    await this.#keep({ ...asked, answeredAt: at, refusal, refusedAt: asked.refusedAt ?? at });
    if (asked.refusal === null) await this.#record({ witness: asked.name, size, refusal }, at);
  }

  /** Once for each time it begins to refuse; a ledger that is frozen takes no event, and shows the refusal all the same. */
  async #record(facts: { witness: string; size: number; refusal: string }, at: Date): Promise<void> {
    await this.#needs.app
      .transaction((tx) =>
        appendEvents(tx, bySystem(at), [{ type: 'ledger.witness_refused', chain: 'system', public: facts }]),
      )
      .catch((error: unknown) => this.#needs.log.error({ err: error }, 'a refusal could not be recorded'));
  }

  async #keep(record: WitnessRecord): Promise<void> {
    await checkpointRepository.putWitness(this.#needs.database.reader, record);
  }
}

/** What was said by another key under the same name is not this witness's word. */
function ofThisKey({ vkey }: AskedWitness, before: WitnessRecord | undefined): WitnessRecord | undefined {
  return before?.vkey === vkey ? before : undefined;
}

function wordsOf({ refused, reason }: Extract<WitnessAnswer, { refused: number }>): string {
  return `${refused}: ${reason}`;
}
