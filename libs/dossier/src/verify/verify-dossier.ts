import type { Hash, Policy, VerifyEd25519 } from '#tlog';
import type { BagFiles, HasherFactory } from '../bag/bag-files.js';
import { verifyBag } from '../bag/verify-bag.js';
import { PART } from '../layout/dossier-files.js';
import { checkCheckpoint } from './check-checkpoint.js';
import { checkAsOf, checkCompleteness } from './check-completeness.js';
import { Disclosures } from './check-disclosures.js';
import { checkEvents } from './check-events.js';
import { checkOriginals } from './check-originals.js';
import { checkPackage } from './check-package.js';
import { checkPacked } from './check-packed.js';
import { checkRenditions } from './check-renditions.js';
import { checkTimestamps } from './check-timestamps.js';
import { type DossierFinding, type DossierReport, ItemFindings, worse } from './dossier-report.js';
import { type DossierIndex, readIndex } from './read-index.js';
import { Parts } from './read-part.js';
import type { KeyFingerprints } from './trust.js';
import { type LeafOfBlock, OriginalsWatch } from './watch-originals.js';

/** Node's crypto; WebCrypto and hash-wasm in a browser. */
export interface DossierHashes {
  /** At once, of little: trees, commitments, ids of keys. */
  readonly sha256: Hash;
  /** Streams of whole files. */
  readonly hasherOf: HasherFactory;
  /** Of blocks of originals; by `sha256` when not given. */
  readonly leafOfBlock?: LeafOfBlock;
}

export type DossierStage = 'files' | 'events' | 'timestamps';

export interface DossierCheck {
  /** Keys from outside the package; null: it is self-consistent at best. */
  readonly trust: Policy | KeyFingerprints | null;
  readonly hashes: DossierHashes;
  readonly verifyEd25519: VerifyEd25519;
  /** Of time-stamp authorities, from outside the package: PEM text or DER. */
  readonly timestampRoots?: readonly (string | Uint8Array)[];
  readonly onProgress?: (done: { readonly stage: DossierStage; readonly bytes: number }) => void;
  /** Files that are read at the same time, where hashing goes on elsewhere; one unless said. */
  readonly atOnce?: number;
  /** "Now", for tests. */
  readonly now?: Date;
}

/**
 * Checks a dossier as docs/dossier-format.md says, step by step, and says of each thing whether it holds. Every file is
 * read once but for the small ones among the proofs; memory grows with the number of files and events, not with their
 * size. Nothing is fetched and nothing is written.
 *
 * Whatever the bytes are, it ends in a report. @throws only what `files.list()` throws
 */
export async function verifyDossier(files: BagFiles, check: DossierCheck): Promise<DossierReport> {
  const { hashes, verifyEd25519, trust, timestampRoots: roots = [] } = check;
  const { sha256, hasherOf } = hashes;
  const parts = new Parts(files);
  const originals = new OriginalsWatch(sha256, parts, hashes.leafOfBlock);
  let bytes = 0;
  const bag = await verifyBag(parts, hasherOf, {
    atOnce: check.atOnce ?? 1,
    watch: (file) => originals.watch(file),
    onRead: (read) => {
      bytes += read;
      check.onProgress?.({ stage: 'files', bytes });
    },
  });
  const packed = await checkPackage(parts, bag);
  const indexed = await readIndexPart(parts);
  const index = 'format' in indexed ? indexed : null;
  const algorithms = { hash: sha256, verify: verifyEd25519 };
  const head = await checkCheckpoint(algorithms, parts, { trust, origin: index?.origin ?? null });
  check.onProgress?.({ stage: 'events', bytes });
  const disclosures = await Disclosures.read(sha256, parts);
  const whose = {
    caseChain: index === null ? null : `case:${index.case_id}`,
    dossierChain: index === null ? null : `dossier:${index.id}`,
  };
  const events = await checkEvents(sha256, parts, { tree: head.checkpoint, ...whose, disclosures });
  disclosures.close(events.isRead);
  closeChains(events);
  const completeness = checkCompleteness(events, indexed);
  const packing = await checkPacked(sha256, parts, { events, index });
  const each = [
    ...checkOriginals({ parts, events, index, contents: originals.contents }),
    ...checkRenditions({ sha256, events, index, digests: originals.renditions, listed: parts.listed.keys() }),
  ];
  check.onProgress?.({ stage: 'timestamps', bytes });
  const { policy, checkpoint } = head;
  const around = { sha256, verify: verifyEd25519, hasherOf, policy, checkpoint, roots, now: check.now };
  const times = await checkTimestamps(parts, around);
  const { findings: asOfFindings, asOf } = checkAsOf(events.caseFacts.export, indexed, checkpoint?.size ?? null);
  const chains = [...events.chains.values()].sort(byKindAndName).map(({ findings }) => findings);
  const items = [
    ...[packed, head.trust, head.findings, events.inclusion, ...chains, completeness, packing],
    ...[...each, disclosures.findings, ...times.items, asOfFindings],
  ].map((item) => item.done());
  return {
    verdict: items.map(({ verdict }) => verdict).reduce(worse, 'PASS'),
    selfConsistentOnly: trust === null,
    ...{ dossierId: index?.id ?? null, caseId: index?.case_id ?? null, origin: checkpoint?.origin ?? null },
    ...{ asOf, cosignedBy: head.cosignedBy, stamped: times.stamped, items },
    counts: {
      ...{ files: parts.listed.size, bytes: bag.payload.sizeBytes, events: events.events },
      ...{ opened: disclosures.opened, withheld: disclosures.withheld },
    },
  };
}

/** What is wrong with it is said where it is needed: it is an index, nothing in it is believed. */
async function readIndexPart(parts: Parts): Promise<DossierIndex | DossierFinding> {
  const findings = new ItemFindings('completeness');
  const bytes = await parts.whole(PART.index, findings);
  const [unread] = findings.done().findings;
  if (bytes === null && unread !== undefined) return unread;
  const read = readIndex(bytes ?? new Uint8Array(0));
  if ('index' in read) return read.index;
  return { reason: 'index-malformed', verdict: 'FAIL', detail: `${PART.index}: ${read.problem}`, offset: null };
}

/** Now it is known how long each chain should be. */
function closeChains({ chains, caseFacts }: Awaited<ReturnType<typeof checkEvents>>): void {
  const totals = new Map((caseFacts.export?.heads ?? []).map(({ chain, seq }) => [chain, seq]));
  for (const chain of chains.values()) chain.close(totals.get(chain.chain) ?? null);
}

const KINDS = ['case', 'asset', 'dossier'];

/** The case first, then its assets, then the dossier. */
function byKindAndName(a: { readonly chain: string }, b: { readonly chain: string }): number {
  const rank = (chain: string): string => `${KINDS.indexOf(chain.split(':')[0] ?? '')}${chain}`;
  return rank(a.chain) < rank(b.chain) ? -1 : 1;
}
