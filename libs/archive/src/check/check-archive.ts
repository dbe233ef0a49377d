import { type Chain, utc } from '#domain';
import { type AssetRecord, assetRepository, ledgerRepository, renditionRepository } from '#persistence';
import { blockRoot } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { storedOriginal } from '../assets/stored-original.js';
import { digestFile } from '../digest/digest-file.js';
import { canonicalEvent, commitment, digestText, eventLeafHash, sha256 } from '../ledger/canonical.js';

/** Something that is not as the record says. `where` names the chain, asset or object. */
export interface Finding {
  readonly where: string;
  readonly what: string;
}

export interface CheckReport {
  readonly events: number;
  readonly chains: number;
  readonly assets: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

type Needs = Pick<ArchiveParts, 'database' | 'store' | 'threads'>;
const PAGE = 500;
const UNKNOWN_LOCK: Retention = { mode: 'none', until: null };
/** What these events say of custody; the newest of them in the chain counts. */
const CUSTODY: Partial<Record<string, Custody>> = {
  'asset.received': 'received',
  'asset.sealed': 'sealed',
  'asset.quarantined': 'quarantined',
};

/**
 * Re-verifies every event, row and object from what is stored, trusting nothing computed before: chains are gapless
 * and hash as they say, every original hashes as its events say, every rendition is there. Findings are collected,
 * not stopped at.
 */
export class CheckArchive {
  readonly #parts: Needs;

  constructor(parts: Needs) {
    this.#parts = parts;
  }

  async run(onProgress?: (done: { readonly assets: number }) => void): Promise<CheckReport> {
    const findings: Finding[] = [];
    const { events, chains } = await this.#checkChains(findings);
    let assets = 0;
    let bytes = 0;
    let after: string | null = null;
    for (;;) {
      const page: AssetRecord[] = await assetRepository.pageOfOriginals(this.#parts.database.reader, after, PAGE);
      for (const asset of page) {
        findings.push(...(await this.#checkAsset(asset)));
        assets += 1;
        bytes += asset.sizeBytes ?? 0;
        onProgress?.({ assets });
      }
      after = page.at(-1)?.id ?? null;
      if (page.length < PAGE) return { events, chains, assets, bytes, findings };
    }
  }

  async #checkChains(findings: Finding[]): Promise<{ events: number; chains: number }> {
    const heads = await ledgerRepository.heads(this.#parts.database.reader);
    let events = 0;
    for (const head of heads) events += await this.#checkChain(head, findings);
    return { events, chains: heads.length };
  }

  async #checkChain(head: { chain: Chain; seq: number; leafHash: Buffer }, findings: Finding[]): Promise<number> {
    const { reader } = this.#parts.database;
    const report = (what: string): number => findings.push({ where: head.chain, what });
    let seq = 0;
    let prev: Buffer | null = null;
    for (;;) {
      const page = await ledgerRepository.page(reader, head.chain, seq, PAGE);
      const disclosures = await ledgerRepository.disclosures(
        reader,
        page.map((event) => event.id),
      );
      for (const event of page) {
        seq += 1;
        const body = JSON.parse(event.leaf.toString('utf8'));
        if (event.chainSeq !== seq) report(`event ${event.chainSeq} where ${seq} belongs`);
        if (!canonicalEvent(body).equals(event.leaf)) report(`event ${seq}: bytes are not canonical`);
        if (!eventLeafHash(event.leaf).equals(event.leafHash)) report(`event ${seq}: leaf hash differs`);
        const named = {
          id: event.id,
          chain: event.chain,
          chain_seq: event.chainSeq,
          type: event.type,
          actor: event.actor,
          at: utc(event.at),
        };
        for (const [field, value] of Object.entries(named))
          if (body[field] !== value) report(`event ${seq}: column ${field} differs from the leaf`);
        if (body.chain_prev !== (prev === null ? null : digestText(prev)))
          report(`event ${seq} does not follow the one before`);
        for (const { field, salt, value } of disclosures.get(event.id) ?? []) {
          if (body.committed[field] !== commitment(salt, value as never))
            report(`event ${seq}: ${field} does not open its commitment`);
        }
        prev = event.leafHash;
        seq = event.chainSeq;
      }
      if (page.length < PAGE) break;
    }
    if (seq !== head.seq || (prev !== null && !prev.equals(head.leafHash)))
      report(`head says ${head.seq}, chain ends at ${seq}`);
    return seq;
  }

  async #checkAsset(asset: AssetRecord): Promise<Finding[]> {
    const findings: Finding[] = [];
    const report = (what: string): number => findings.push({ where: `asset:${asset.id}`, what });
    const { database, store, threads } = this.#parts;
    const isHealthy = asset.custody !== 'quarantined';
    try {
      const digests = await digestFile(threads, await store.read(storedOriginal(asset)));
      const agrees =
        digests.sizeBytes === asset.sizeBytes &&
        digestText(digests.blockRoot) === asset.blockRoot &&
        (asset.sha256 === null || digestText(digests.sha256) === asset.sha256);
      if (!agrees && isHealthy) report('the original differs from its digests');
      const leaves = await assetRepository.blocks(database.reader, asset.id);
      if (leaves === null || digestText(blockRoot(sha256, leaves)) !== asset.blockRoot)
        report('the block list does not give the block root');
    } catch (error) {
      if (isHealthy) report(`the original cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    await this.#checkRecord(asset, report);
    for (const rendition of await renditionRepository.of(database.reader, asset.id)) {
      for (const file of rendition.files) {
        await store
          .stat({ area: 'media', key: file.key, versionId: file.versionId, sizeBytes: file.sizeBytes })
          .then((found) => found.sizeBytes === file.sizeBytes || report(`rendition ${rendition.kind}: size differs`))
          .catch(() => report(`rendition ${rendition.kind} is missing`));
      }
    }
    return findings;
  }

  /** The row against the events: custody is what the chain says, and the lock is what the row says. */
  async #checkRecord(asset: AssetRecord, report: (what: string) => number): Promise<void> {
    const { database, store } = this.#parts;
    const chain: Chain = `asset:${asset.id}`;
    const received = await ledgerRepository.last(database.reader, chain, 'asset.received');
    const facts = received === null ? null : JSON.parse(received.leaf.toString('utf8')).public;
    if (facts?.block_root !== asset.blockRoot || facts?.size_bytes !== asset.sizeBytes)
      report('the row differs from the event of receipt');
    if (asset.custody !== 'sealed') return;
    const sealed = await ledgerRepository.last(database.reader, chain, 'asset.sealed');
    const seal = sealed === null ? null : JSON.parse(sealed.leaf.toString('utf8')).public;
    if (seal?.sha256 !== asset.sha256 || seal?.sm3 !== asset.sm3) report('the row differs from the event of the seal');
    if (asset.lockMode === 'COMPLIANCE') {
      const retention = await store.retention(storedOriginal(asset)).catch(() => UNKNOWN_LOCK);
      const isHeld =
        retention.mode === 'COMPLIANCE' &&
        retention.until !== null &&
        asset.retainUntil !== null &&
        retention.until >= asset.retainUntil;
      if (!isHeld) report('the lock is weaker than recorded');
    }
  }
}
