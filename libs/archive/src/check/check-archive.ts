import { type Chain, COPIES, type Copy, type Custody, type EventType, isArchiveError } from '#domain';
import {
  type AssetRecord,
  assetRepository,
  type EventRecord,
  ledgerRepository,
  renditionRepository,
} from '#persistence';
import { blockRoot } from '#tlog';
import type { ArchiveParts } from '../archive.js';
import { findOriginalRecord } from '../assets/original-record.js';
import { digestText, sha256 } from '../ledger/canonical.js';
import type { CheckAsset } from '../watch/check-asset.js';
import { checkCases } from './check-cases.js';
import { checkChains, type Finding } from './check-chains.js';
import { checkLog } from './check-log.js';
import { checkRows } from './check-rows.js';
import { checkRules } from './check-rules.js';
import { checkTimes } from './check-times.js';
import { checkVaultedLog } from './check-vaulted-log.js';
import { findingsOf } from './original-findings.js';

export interface CheckReport {
  readonly events: number;
  /** Of the log; events that wait for it are not among them yet. */
  readonly entries: number;
  readonly chains: number;
  readonly assets: number;
  readonly bytes: number;
  readonly findings: readonly Finding[];
}

type Needs = Pick<ArchiveParts, 'database' | 'store'>;
const PAGE = 500;
/** What these events say of custody; the newest of them in the chain counts. */
const CUSTODY: Partial<Record<EventType, Custody>> = {
  'asset.received': 'received',
  'asset.sealed': 'sealed',
  'asset.quarantined': 'quarantined',
};

/**
 * Re-verifies every event, entry of the log, row and object from what is stored, trusting nothing computed before:
 * chains are gapless and hash as they say, the log is the tree that was signed and published, every original hashes
 * as its events say, and its replica does, every rendition is there. Findings are collected, not stopped at; what is
 * found of an original is kept as every other look at it.
 */
export class CheckArchive {
  readonly #parts: Needs;

  readonly #originals: CheckAsset;

  constructor(parts: Needs, originals: CheckAsset) {
    this.#parts = parts;
    this.#originals = originals;
  }

  async run(onProgress?: (done: { readonly assets: number }) => void): Promise<CheckReport> {
    const findings: Finding[] = [];
    const { events, chains } = await checkChains(this.#parts.database.reader, findings);
    const entries = await checkLog(this.#parts.database.reader, findings);
    await checkVaultedLog(this.#parts.database.reader, this.#parts.store, findings);
    await checkTimes(this.#parts.database.reader, findings);
    await checkCases(this.#parts.database.reader, findings);
    await checkRows(this.#parts.database.reader, findings);
    await checkRules(this.#parts.database.reader, findings);
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
      if (page.length < PAGE) return { events, entries, chains, assets, bytes, findings };
    }
  }

  async #checkAsset(asset: AssetRecord): Promise<Finding[]> {
    const findings: Finding[] = [];
    const report = (what: string): number => findings.push({ where: `asset:${asset.id}`, what });
    const { database, store } = this.#parts;
    for (const copy of COPIES) findings.push(...(await this.#checkCopy(asset, copy)));
    const leaves = await assetRepository.blocks(database.reader, asset.id);
    if (leaves === null || leaves.length % 32 !== 0 || digestText(blockRoot(sha256, leaves)) !== asset.blockRoot)
      report('the block list does not give the block root');
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

  /** Where there is no replica there is nothing to say of one. */
  async #checkCopy(asset: AssetRecord, copy: Copy): Promise<Finding[]> {
    const where = `asset:${asset.id}`;
    try {
      const checked = await this.#originals.run(asset.id, { cause: 'archive-check', copy, isWhole: true });
      return checked === null ? [] : findingsOf(where, copy, checked);
    } catch (error) {
      const reason = isArchiveError(error) ? error.code : String(error);
      return [{ where, copy, result: 'not-run', what: `not-run: the ${copy} could not be looked at (${reason})` }];
    }
  }

  /** The row against the events: custody is what the chain says. */
  async #checkRecord(asset: AssetRecord, report: (what: string) => number): Promise<void> {
    const record = await findOriginalRecord(this.#parts.database.reader, asset.id);
    if (record?.blockRoot !== asset.blockRoot || record.sizeBytes !== asset.sizeBytes)
      report('the row differs from the event of receipt');
    await this.#checkCustody(asset, report);
    if (asset.custody !== 'sealed') return;
    if (record?.sha256 !== asset.sha256 || record.sm3 !== asset.sm3)
      report('the row differs from the event of the seal');
    const placed = record?.placed;
    if (placed?.original?.objectKey !== asset.objectKey || placed.original.objectVersion !== asset.objectVersion)
      report('the row names another object than the events');
  }

  /** The row was read before the events: what was recorded between the two is no difference. */
  async #checkCustody(asset: AssetRecord, report: (what: string) => number): Promise<void> {
    let newest: { seq: number; custody: Custody } | null = null;
    for (const [type, custody] of Object.entries(CUSTODY) as [EventType, Custody][]) {
      const event = await this.#last(asset, type);
      if (event && event.chainSeq > (newest?.seq ?? 0)) newest = { seq: event.chainSeq, custody };
    }
    if (newest === null || newest.custody === asset.custody) return;
    const now = await assetRepository.find(this.#parts.database.reader, asset.id);
    if (now?.custody !== newest.custody)
      report(`the row says ${now?.custody ?? 'nothing'}, the events ${newest.custody}`);
  }

  async #last(asset: AssetRecord, type: EventType): Promise<EventRecord | null> {
    const chain: Chain = `asset:${asset.id}`;
    return await ledgerRepository.last(this.#parts.database.reader, chain, type);
  }
}
