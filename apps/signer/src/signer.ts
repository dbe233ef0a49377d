import { randomBytes } from 'node:crypto';
import {
  assertReceipt,
  type CheckpointAnswer,
  type Decided,
  type Disk,
  type KeyFolder,
  openKeyFolder,
  parseCheckpointRequest,
  type ReadCheckpointRequest,
  type RememberedHead,
  receiptKeyName,
  type SignerState,
  sha256,
} from '#signing';
import {
  decideCosignature,
  emptyRoot,
  encodeBase64,
  formatSignatureLine,
  formatVerifierKey,
  makeVerifierKey,
  SIGNATURE_TYPE,
  signText,
  type VerifierKey,
  WITNESS_REFUSAL_STATUS,
} from '#tlog';

type KeyName = 'log' | 'receipts';

export interface SignerPlan {
  readonly dir: string;
  /** Null: the name chosen at the first start. */
  readonly origin: string | null;
  readonly disk?: Disk;
}

/**
 * Holds the log's key. It signs a checkpoint that extends the last one it signed, or that same one again, and nothing
 * else; there is no way to make it do otherwise.
 */
export class Signer {
  readonly #folder: KeyFolder<KeyName>;
  readonly #logKey: VerifierKey;
  readonly #receiptKey: VerifierKey;

  constructor(folder: KeyFolder<KeyName>) {
    this.#folder = folder;
    this.#logKey = verifierKey(folder, 'log', folder.name);
    this.#receiptKey = verifierKey(folder, 'receipts', receiptKeyName(folder.name));
  }

  /** @throws SigningError see `openKeyFolder` */
  static async open({ dir, origin, disk }: SignerPlan): Promise<Signer> {
    const folder = await openKeyFolder({
      ...{ dir, keyNames: ['log', 'receipts'] as const, name: origin },
      nameWhenNew: () => `liuhen.local/${randomBytes(8).toString('hex')}`,
      ...(disk === undefined ? {} : { disk }),
    });
    const signer = new Signer(folder);
    const { vkey, size, root } = signer.state();
    await folder.journal(`started ${vkey} size ${size} root ${encodeBase64(root)}`);
    return signer;
  }

  state(): SignerState {
    const head = this.#folder.heads.get(this.#folder.name);
    return {
      origin: this.#folder.name,
      vkey: formatVerifierKey(this.#logKey),
      receiptVkey: formatVerifierKey(this.#receiptKey),
      size: head?.size ?? 0,
      root: head?.root ?? emptyRoot(sha256),
      signedAt: head === null ? null : new Date(head.atMs).toISOString(),
    };
  }

  /**
   * @param body see `formatCheckpointRequest`
   * @throws SigningError `malformed-request`; `lock-lost`, `state-changed`, `state-uncertain`: the process has to end
   */
  async signCheckpoint(body: string): Promise<CheckpointAnswer> {
    const request = parseCheckpointRequest(body);
    const { text, checkpoint } = request;
    if (checkpoint.origin !== this.#folder.name) return refusal('unknown-origin');
    const refused = await this.#folder.heads.advance(checkpoint.origin, (head) => decide(head, request));
    if (refused !== null) return refused;
    await this.#folder.journal(`signed size ${checkpoint.size} root ${encodeBase64(checkpoint.root)}`);
    return { line: formatSignatureLine(await signText(this.#logKey, this.#folder.keys.log.sign, text)) };
  }

  /**
   * Signs with a key of its own, so that no receipt can be a checkpoint.
   * @throws SigningError `malformed-request`
   */
  async signReceipt(text: string): Promise<string> {
    assertReceipt(text, this.#folder.name);
    return formatSignatureLine(await signText(this.#receiptKey, this.#folder.keys.receipts.sign, text));
  }

  async close(): Promise<void> {
    await this.#folder.close();
  }
}

/** What a witness decides, with the state of a log; null: sign. */
function decide(
  head: RememberedHead | null,
  { oldSize, proof, checkpoint }: ReadCheckpointRequest,
): Decided<CheckpointAnswer | null> {
  const { size, root } = checkpoint;
  // An answer that got lost is given again: it says nothing that was not signed before.
  if (head !== null && head.size === size && Buffer.from(head.root).equals(root))
    return { remember: null, result: null };
  const decision = decideCosignature(sha256, head, { oldSize, proof, checkpoint });
  if (decision.kind === 'conflict') return { remember: null, result: { conflict: decision.size } };
  if (decision.kind === 'reject') return { remember: null, result: refusal(decision.reason) };
  return { remember: { ...decision.head, atMs: Date.now(), note: null }, result: null };
}

function refusal(reason: keyof typeof WITNESS_REFUSAL_STATUS): CheckpointAnswer {
  return { refused: WITNESS_REFUSAL_STATUS[reason], reason };
}

function verifierKey({ keys }: KeyFolder<KeyName>, key: KeyName, name: string): VerifierKey {
  return makeVerifierKey(sha256, { name, type: SIGNATURE_TYPE.ed25519, publicKey: keys[key].publicKey });
}
