import { type Actor, ArchiveError, type EventType, formatReceipt, type Id, type ReceiptEvent, utc } from '#domain';
import { type AssetRecord, type EventRecord, ledgerRepository } from '#persistence';
import { formatNote, parseSignatureLines } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { digestText } from '../ledger/canonical.js';
import { requireAsset } from './asset-subject.js';

export interface ReceiptFacts {
  readonly asset: AssetRecord;
  readonly received: EventRecord;
  /** null until the read-back has passed; only a sealed receipt lets a recorder be cleared. */
  readonly sealed: EventRecord | null;
  /** The receipt as a signed note (C2SP signed-note); null while the signer cannot be reached. */
  readonly note: string | null;
}

/** The sequencer and the signer take a second or two; what they promise leaves them time to be started again. */
const PROMISED_S = 60;

type Needs = Pick<ArchiveParts, 'database' | 'signer' | 'log'>;

/** The answer an uploader keeps: what came, when, and the event that says so in the ledger, signed. */
export class IssueReceipt {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  /** @throws ArchiveError `not-found` */
  async run(actor: Actor, id: Id): Promise<ReceiptFacts> {
    const { reader } = this.#parts.database;
    const { asset } = await requireAsset(reader, actor, id, 'asset.receipt');
    const last = (type: EventType): Promise<EventRecord | null> => ledgerRepository.last(reader, `asset:${id}`, type);
    const received = await last('asset.received');
    if (!received) throw new ArchiveError('internal', `asset ${id} has no event of receipt`);
    const sealed = asset.custody === 'sealed' ? await last('asset.sealed') : null;
    return { asset, received, sealed, note: await this.#sign({ asset, received, sealed }) };
  }

  /** The same facts get the same signature (Ed25519), so that nothing need be kept. */
  async #sign(facts: Omit<ReceiptFacts, 'note'>): Promise<string | null> {
    const { signer, log } = this.#parts;
    if (signer === null) return null;
    try {
      const text = textOf(facts, (await signer.state()).origin);
      return formatNote({ text, signatures: parseSignatureLines(await signer.signReceipt(text)) });
    } catch (error) {
      log.warn({ assetId: facts.asset.id, err: error }, 'the receipt could not be signed');
      return null;
    }
  }
}

function textOf({ asset, received, sealed }: Omit<ReceiptFacts, 'note'>, origin: string): string {
  return formatReceipt({
    origin,
    assetId: asset.id,
    sizeBytes: asset.sizeBytes ?? 0,
    blockRoot: asset.blockRoot ?? '',
    receivedAt: utc(received.at),
    received: named(received),
    promisedS: PROMISED_S,
    sealed:
      sealed === null
        ? null
        : { at: utc(sealed.at), sha256: asset.sha256 ?? '', sm3: asset.sm3 ?? '', event: named(sealed) },
  });
}

function named(event: EventRecord): ReceiptEvent {
  return { id: event.id, chainSeq: event.chainSeq, leaf: digestText(event.leafHash) };
}
