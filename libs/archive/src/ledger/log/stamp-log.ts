import { createHash, randomBytes } from 'node:crypto';
import { ArchiveError, type EventType, newId, utc } from '#domain';
import { isDossierError, makeTimestampRequest, tokenOf, type VerifiedTimestamp, verifyTimestamp } from '#dossier';
import { checkpointRepository, type Database, type TimestampRecord, timestampRepository } from '#persistence';
import type { Clock, Log } from '../../archive.js';
import { appendEvents, bySystem } from '../append-events.js';
import { newestNote } from './newest-note.js';

export interface TimeAuthority {
  readonly url: string;
  /** Roots its certificates must lead to, PEM. */
  readonly rootsPem: string;
}

interface Needs {
  /** Of the running archive: a token is an event. */
  readonly database: Database;
  readonly authority: TimeAuthority;
  readonly clock: Clock;
  readonly log: Log;
}

/** A case is closed, or leaves the house: when, is what will be asked. */
const URGENT: readonly EventType[] = ['case.closed', 'case.exported', 'dossier.packed'];
const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 262_144;
/** Stock verifiers refuse a token once its certificate has ended: it is covered by a new one well before. */
const RENEW_MS = 30 * 86_400_000;

/**
 * Has the log's head time-stamped (RFC 3161) by an authority outside: no event under it can be said to be younger. A
 * token is kept only when it verifies, over exactly what was asked, down to the roots that were set.
 */
export class StampLog {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** @returns the new token; null when nothing but time-stamps was logged since the last */
  async run(): Promise<TimestampRecord | null> {
    const { reader } = this.#needs.database;
    const checkpoint = await checkpointRepository.newest(reader);
    if (checkpoint === null) return null;
    const last = await timestampRepository.newest(reader);
    if (!(await timestampRepository.hasNews(reader, last?.size ?? 0, checkpoint.size))) return null;
    const note = await newestNote(reader, checkpoint);
    return await this.#stamp(Buffer.from(note), { size: checkpoint.size, note, renews: null });
  }

  /** Whether something was logged since the last token that is not to wait for the next in turn. */
  async isUrgent(): Promise<boolean> {
    const { reader } = this.#needs.database;
    const checkpoint = await checkpointRepository.newest(reader);
    if (checkpoint === null) return false;
    const from = (await timestampRepository.newest(reader))?.size ?? 0;
    return await timestampRepository.hasEvent(reader, URGENT, { from, to: checkpoint.size });
  }

  /** Covers tokens whose certificate ends soon with new ones over them. @returns how many */
  async renew(): Promise<number> {
    const { database, clock } = this.#needs;
    const ending = await timestampRepository.ending(database.reader, new Date(clock.now().getTime() + RENEW_MS), 100);
    for (const { id, size, note, token } of ending) await this.#stamp(token, { size, note, renews: id });
    return ending.length;
  }

  async #stamp(
    data: Buffer,
    of: { readonly size: number; readonly note: string; readonly renews: string | null },
  ): Promise<TimestampRecord> {
    const { database, clock } = this.#needs;
    const digest = createHash('sha256').update(data).digest();
    const { token, verified } = await this.#ask(digest);
    const at = clock.now();
    const record: TimestampRecord = {
      ...of,
      id: newId(at.getTime()),
      token,
      authority: verified.tsaName ?? this.#needs.authority.url,
      stampedAt: verified.at,
      certificateEnds: verified.notAfter,
    };
    await database.transaction(async (tx) => {
      await timestampRepository.add(tx, record);
      await appendEvents(tx, bySystem(at), [
        {
          type: 'ledger.timestamped',
          chain: 'system',
          public: {
            size: of.size,
            token: `sha256:${createHash('sha256').update(token).digest('hex')}`,
            stamped_at: utc(verified.at),
            renews: of.renews,
          },
        },
      ]);
    });
    return record;
  }

  /** @throws ArchiveError `timestamp-refused` for an answer that does not verify, `signer-unavailable` for none */
  async #ask(sha256: Buffer): Promise<{ token: Buffer; verified: VerifiedTimestamp }> {
    const { authority } = this.#needs;
    const nonce = randomBytes(8).readBigUInt64BE() >> 1n;
    const response = await this.#post(makeTimestampRequest({ sha256, nonce }));
    try {
      const verified = await verifyTimestamp({
        token: response,
        imprint: { algorithm: 'sha256', digest: sha256 },
        nonce,
        trustedRoots: [authority.rootsPem],
      });
      return { token: Buffer.from(tokenOf(response)), verified };
    } catch (cause) {
      if (!isDossierError(cause)) throw cause;
      throw new ArchiveError('timestamp-refused', `the time-stamp is not to be believed: ${cause.code}`, { cause });
    }
  }

  async #post(query: Uint8Array): Promise<Uint8Array> {
    const answer = await fetch(this.#needs.authority.url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/timestamp-query' },
      body: Buffer.from(query),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    }).catch((cause: unknown) => {
      throw new ArchiveError('timestamp-unavailable', 'the time-stamp authority cannot be reached', { cause });
    });
    if (!answer.ok || answer.body === null)
      throw new ArchiveError('timestamp-unavailable', `the time-stamp authority answers ${answer.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of answer.body) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw new ArchiveError('timestamp-refused', 'the answer is too long');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }
}
