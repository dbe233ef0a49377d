import { randomBytes } from 'node:crypto';
import { type Disk, type KeyFolder, nodeAlgorithms, openKeyFolder, type RememberedHead, sha256 } from '#signing';
import {
  cosignText,
  decideCosignature,
  encodeBase64,
  formatNote,
  formatSignatureLine,
  formatVerifierKey,
  makeVerifierKey,
  openAddCheckpoint,
  parseNote,
  SIGNATURE_TYPE,
  type SignedNote,
  type SignedRequest,
  type VerifierKey,
  WITNESS_REFUSAL_STATUS,
  type WitnessDecision,
} from '#tlog';
import { type ContradictionKind, Evidence, type KeptEvidence } from './evidence.js';
import { RateLimit } from './rate-limit.js';

/** One a second and many retries; a log publishes every few seconds. */
const REQUESTS_A_MINUTE = 300;

export interface WitnessPlan {
  readonly dir: string;
  /** Null: the name chosen at the first start. */
  readonly name: string | null;
  /** Keys of the logs to witness. */
  readonly logs: readonly VerifierKey[];
  readonly nowMs?: () => number;
  readonly disk?: Disk;
}

/** What is answered over HTTP, as tlog-witness says; 429 and 503 are ours: too many, and a clock that went back. */
export type AddCheckpointAnswer =
  | { readonly status: 200; readonly body: string }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422 | 429 | 503; readonly body: string };

export interface LogStatus {
  readonly origin: string;
  readonly vkeys: readonly string[];
  /** Null: nothing was cosigned yet. */
  readonly last: { readonly size: number; readonly root: string; readonly at: string } | null;
  readonly refused: number;
}

export interface WitnessStatus {
  readonly name: string;
  readonly vkey: string;
  readonly logs: readonly LogStatus[];
  readonly refused: readonly KeptEvidence[];
}

type Verdict =
  | { readonly kind: 'cosign'; readonly timeS: number }
  | { readonly kind: 'clock-went-back' }
  | {
      readonly kind: 'refuse';
      readonly decision: Exclude<WitnessDecision, { kind: 'accept' }>;
      readonly contradiction: ContradictionKind | null;
      readonly remembered: string | null;
    };

/** Cosigns checkpoints that extend what it cosigned before: C2SP tlog-witness v1.0.0. */
export class Witness {
  readonly #folder: KeyFolder<'witness'>;
  readonly #evidence: Evidence;
  readonly #key: VerifierKey;
  readonly #logs: readonly VerifierKey[];
  readonly #nowMs: () => number;
  readonly #limit = new RateLimit(REQUESTS_A_MINUTE);

  constructor(folder: KeyFolder<'witness'>, evidence: Evidence, { logs, nowMs = Date.now }: WitnessPlan) {
    this.#folder = folder;
    this.#evidence = evidence;
    this.#logs = logs;
    this.#nowMs = nowMs;
    const { publicKey } = folder.keys.witness;
    this.#key = makeVerifierKey(sha256, { name: folder.name, type: SIGNATURE_TYPE.cosignature, publicKey });
  }

  /** @throws SigningError see `openKeyFolder` */
  static async open(plan: WitnessPlan): Promise<Witness> {
    const { dir, name, disk } = plan;
    const folder = await openKeyFolder({
      ...{ dir, name, keyNames: ['witness'] as const },
      nameWhenNew: () => `witness.local/${randomBytes(8).toString('hex')}`,
      ...(disk === undefined ? {} : { disk }),
    });
    try {
      const witness = new Witness(folder, await Evidence.open(dir, disk), plan);
      await folder.journal(`started ${witness.vkey}`);
      return witness;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  get vkey(): string {
    return formatVerifierKey(this.#key);
  }

  /**
   * @param body of `POST /add-checkpoint`
   * @throws SigningError `lock-lost`, `state-changed`, `state-uncertain`: the process has to end
   */
  async addCheckpoint(body: string): Promise<AddCheckpointAnswer> {
    const request = await openAddCheckpoint(nodeAlgorithms.verify, body, (origin) => this.#keysOf(origin));
    if ('kind' in request) return refusal(request.reason);
    const { origin, size, root } = request.checkpoint;
    if (!this.#limit.admits(origin, this.#nowMs())) return { status: 429, body: 'too many requests of this log' };
    const verdict = await this.#folder.heads.advance(origin, (head) => this.#judge(head, request));
    if (verdict.kind === 'clock-went-back') {
      return { status: 503, body: 'the clock of the witness is behind its last cosignature' };
    }
    if (verdict.kind === 'refuse') return await this.#refuse(request, verdict);
    await this.#folder.journal(`cosigned ${origin} size ${size} root ${encodeBase64(root)}`);
    return { status: 200, body: await this.#cosignatureLine(request.note.text, verdict.timeS) };
  }

  /** The newest checkpoint cosigned of a log, with the log's signature and ours; null for none. */
  async checkpointOf(originHash: string): Promise<string | null> {
    const isAsked = ({ origin }: RememberedHead) =>
      Buffer.from(sha256(Buffer.from(origin))).toString('hex') === originHash;
    const head = this.#folder.heads.all().find(isAsked);
    if (head?.note == null) return null;
    // Ed25519 makes the same signature of the same text and time: it need not be kept.
    return `${head.note}${await this.#cosignatureLine(parseNote(head.note).text, seconds(head.atMs))}`;
  }

  status(): WitnessStatus {
    const refused = this.#evidence.list();
    const origins = new Set([
      ...this.#logs.map(({ name }) => name),
      ...this.#folder.heads.all().map(({ origin }) => origin),
    ]);
    const logs = [...origins].map((origin) => ({
      origin,
      vkeys: this.#keysOf(origin).map(formatVerifierKey),
      last: lastOf(this.#folder.heads.get(origin)),
      refused: refused.filter((kept) => kept.origin === origin).length,
    }));
    return { name: this.#folder.name, vkey: this.vkey, logs, refused };
  }

  async close(): Promise<void> {
    await this.#folder.close();
  }

  #keysOf(origin: string): VerifierKey[] {
    return this.#logs.filter(({ name }) => name === origin);
  }

  #judge(head: RememberedHead | null, request: SignedRequest) {
    const decision = decideCosignature(sha256, head, request);
    const remembered = head?.note ?? null;
    if (decision.kind !== 'accept') {
      const contradiction = contradictionOf(head, request, decision);
      return {
        remember: null,
        result: { kind: 'refuse', decision, contradiction, remembered } satisfies Verdict as Verdict,
      };
    }
    const atMs = this.#nowMs();
    // A cosignature says that this is the largest tree as of its time: times must not run backwards.
    if (this.#folder.heads.all().some((other) => other.atMs > atMs)) {
      return { remember: null, result: { kind: 'clock-went-back' } satisfies Verdict as Verdict };
    }
    const note = formatNote(this.#signedByLog(request.note, request.checkpoint.origin));
    const result: Verdict = { kind: 'cosign', timeS: seconds(atMs) };
    return { remember: { ...decision.head, atMs, note }, result };
  }

  /** Lines of keys that are not known are not ours to pass on. */
  #signedByLog({ text, signatures }: SignedNote, origin: string): SignedNote {
    const keys = this.#keysOf(origin);
    const isOfLog = ({ name, keyId }: { name: string; keyId: number }) =>
      keys.some((key) => key.name === name && key.keyId === keyId);
    return { text, signatures: signatures.filter(isOfLog) };
  }

  async #refuse(request: SignedRequest, verdict: Extract<Verdict, { kind: 'refuse' }>): Promise<AddCheckpointAnswer> {
    const { decision, contradiction, remembered } = verdict;
    const { origin, size, root } = request.checkpoint;
    if (contradiction !== null) {
      const refused = formatNote(this.#signedByLog(request.note, origin));
      await this.#evidence.keep({ origin, size, root, refused, remembered, kind: contradiction, atMs: this.#nowMs() });
      await this.#folder.journal(`refused ${origin} size ${size} root ${encodeBase64(root)} ${contradiction}`);
    }
    if (decision.kind === 'conflict') return { status: 409, size: decision.size };
    return refusal(decision.reason);
  }

  async #cosignatureLine(text: string, timeS: number): Promise<string> {
    return formatSignatureLine(await cosignText(this.#key, this.#folder.keys.witness.sign, { text, timeS }));
  }
}

function contradictionOf(
  head: RememberedHead | null,
  { checkpoint }: SignedRequest,
  decision: Exclude<WitnessDecision, { kind: 'accept' }>,
): ContradictionKind | null {
  // Whatever old size was named: two roots of one size, both signed, are a fork.
  if (head !== null && head.size === checkpoint.size && !Buffer.from(head.root).equals(checkpoint.root))
    return 'two-roots';
  return decision.kind === 'reject' && WITNESS_REFUSAL_STATUS[decision.reason] === 422 ? 'not-extended' : null;
}

function refusal(reason: keyof typeof WITNESS_REFUSAL_STATUS): AddCheckpointAnswer {
  return { status: WITNESS_REFUSAL_STATUS[reason], body: reason };
}

function lastOf(head: RememberedHead | null): LogStatus['last'] {
  return head === null
    ? null
    : { size: head.size, root: encodeBase64(head.root), at: new Date(head.atMs).toISOString() };
}

function seconds(atMs: number): number {
  return Math.floor(atMs / 1_000);
}
