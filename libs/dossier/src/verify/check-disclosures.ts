import { canonicalJson, isId, toHex } from '#domain';
import { decodeHash, type Hash, isTlogError } from '#tlog';
import { PART } from '../layout/dossier-files.js';
import { ItemFindings } from './dossier-report.js';
import type { DossierEvent } from './read-event.js';
import { hasKeys, isObject, type JsonObject, type Parts, readJson } from './read-part.js';

const COMMITMENT_PREFIX = Uint8Array.of(0x02);
const encoder = new TextEncoder();

/** Personal fields that were opened, each held against what its event commits to; the others are counted. */
export class Disclosures {
  readonly findings: ItemFindings;
  readonly #sha256: Hash;
  /** By event; what is left at the end belongs to no event. */
  readonly #opened: Map<string, JsonObject>;
  opened = 0;
  withheld = 0;

  private constructor(sha256: Hash, findings: ItemFindings, opened: Map<string, JsonObject>) {
    this.#sha256 = sha256;
    this.findings = findings;
    this.#opened = opened;
  }

  static async read(sha256: Hash, parts: Parts): Promise<Disclosures> {
    const findings = new ItemFindings('disclosures');
    const opened = new Map<string, JsonObject>();
    const bytes = await parts.whole(PART.disclosures, findings);
    if (bytes === null) return new Disclosures(sha256, findings, opened);
    const read = readJson(bytes);
    if ('problem' in read) findings.fail('disclosures-malformed', read.problem);
    else if (!isObject(read.value)) findings.fail('disclosures-malformed', 'not an object');
    else {
      for (const [id, fields] of Object.entries(read.value)) {
        if (isId(id) && isObject(fields)) opened.set(id, fields);
        else findings.fail('disclosures-malformed', `what is opened of ${JSON.stringify(id).slice(0, 80)}`);
      }
    }
    return new Disclosures(sha256, findings, opened);
  }

  take(event: DossierEvent): void {
    const opened = this.#opened.get(event.id) ?? {};
    this.#opened.delete(event.id);
    for (const field of Object.keys(opened)) {
      if (Object.hasOwn(event.committed, field)) continue;
      this.findings.fail(
        'disclosure-of-nothing',
        `event ${event.id} commits to no ${JSON.stringify(field).slice(0, 80)}`,
      );
    }
    for (const [field, commitment] of Object.entries(event.committed)) {
      if (!Object.hasOwn(opened, field)) {
        this.withheld += 1;
        continue;
      }
      this.opened += 1;
      if (this.#commitmentOf(opened[field]) !== commitment)
        this.findings.fail('disclosure-wrong', `${field} of event ${event.id}`);
    }
  }

  /** After the last event. @param isRead whether all events could be read: else what is left may belong to one of those */
  close(isRead: boolean): void {
    if (!isRead) this.findings.notChecked('part-unreadable', 'not all events could be read');
    if (!isRead) return;
    for (const id of this.#opened.keys()) this.findings.fail('disclosure-of-nothing', `no event ${id}`);
  }

  /** SHA-256(0x02 ‖ salt ‖ RFC 8785(value)); null for what is no disclosure. */
  #commitmentOf(disclosure: JsonObject[string] | undefined): string | null {
    if (!hasKeys(disclosure, ['salt', 'value'] as const) || typeof disclosure.salt !== 'string') return null;
    try {
      const salt = decodeHash(disclosure.salt);
      const value = encoder.encode(canonicalJson(disclosure.value));
      return `sha256:${toHex(this.#sha256(COMMITMENT_PREFIX, salt, value))}`;
    } catch (error) {
      if (!isTlogError(error)) throw error;
      return null;
    }
  }
}
