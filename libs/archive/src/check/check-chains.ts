import { type CheckResult, type Copy, utc } from '#domain';
import { type Disclosure, type EventRecord, type LoggedEvent, ledgerRepository, type Tx } from '#persistence';
import { canonicalEvent, commitment, digestText, eventLeafHash } from '../ledger/canonical.js';

/** Something that is not as the record says. `where` names the chain, asset or object. */
export interface Finding {
  readonly where: string;
  readonly what: string;
  /** What was found of an original, or of its replica. */
  readonly result?: CheckResult;
  readonly copy?: Copy;
}

type Report = (what: string) => void;
type Head = Awaited<ReturnType<typeof ledgerRepository.heads>>[number];

const PAGE = 500;

/** Every chain from its first event to its head: gapless, each event naming the one before, the bytes as hashed. */
export async function checkChains(tx: Tx, findings: Finding[]): Promise<{ events: number; chains: number }> {
  const heads = await ledgerRepository.heads(tx);
  let events = 0;
  for (const head of heads) {
    events += await checkChain(tx, head, (what) => findings.push({ where: head.chain, what }));
  }
  for (const chain of await ledgerRepository.headless(tx))
    findings.push({ where: chain, what: 'the chain has no head' });
  return { events, chains: heads.length };
}

/** @returns events looked at; those added since the head was read belong to the next check */
async function checkChain(tx: Tx, head: Head, report: Report): Promise<number> {
  let seq = 0;
  let prev: Buffer | null = null;
  while (seq < head.seq) {
    const page: EventRecord[] = await ledgerRepository.page(tx, head.chain, seq, Math.min(PAGE, head.seq - seq));
    if (page.length === 0) break;
    const disclosures = await ledgerRepository.disclosures(
      tx,
      page.map((event) => event.id),
    );
    for (const event of page) {
      seq += 1;
      if (event.chainSeq !== seq) report(`event ${event.chainSeq} where ${seq} belongs`);
      checkEvent(event, { prev, disclosures: disclosures.get(event.id) ?? [] }, report);
      prev = event.leafHash;
      seq = event.chainSeq;
    }
  }
  if (seq !== head.seq || (prev !== null && !prev.equals(head.leafHash))) {
    report(`head says ${head.seq}, chain ends at ${seq}`);
  }
  return seq;
}

function checkEvent(
  event: EventRecord,
  around: { readonly prev: Buffer | null; readonly disclosures: readonly Disclosure[] },
  report: Report,
): void {
  const name = `event ${event.chainSeq}`;
  if (!eventLeafHash(event.leaf).equals(event.leafHash)) report(`${name}: leaf hash differs`);
  const body = readLeaf(event.leaf);
  if (body === null) {
    report(`${name}: bytes are not canonical`);
    return;
  }
  for (const field of differing(event, body)) report(`${name}: column ${field} differs from the leaf`);
  if (body.chain_prev !== (around.prev === null ? null : digestText(around.prev))) {
    report(`${name} does not follow the one before`);
  }
  for (const { field, salt, value } of around.disclosures) {
    if (body.committed?.[field] !== commitment(salt, value as never))
      report(`${name}: ${field} does not open its commitment`);
  }
}

/** Names of the columns of an entry's event that say something else than its leaf. A leaf that is no event has none. */
export function differingColumns(entry: LoggedEvent): string[] {
  const { eventId: id, chain, chainSeq, type, actor, at, leaf } = entry;
  if (leaf === null || at === null) return [];
  try {
    return differing({ id, chain, chainSeq, type, actor, at }, JSON.parse(leaf.toString('utf8')));
  } catch {
    return [];
  }
}

interface EventColumns {
  readonly id: string;
  readonly chain: string | null;
  readonly chainSeq: number | null;
  readonly type: string | null;
  readonly actor: string | null;
  readonly at: Date;
}

function differing({ id, chain, chainSeq, type, actor, at }: EventColumns, body: Record<string, unknown>): string[] {
  const columns = { id, chain, chain_seq: chainSeq, type, actor, at: utc(at) };
  return Object.entries(columns).flatMap(([field, value]) => (body[field] === value ? [] : [field]));
}

/** null for anything but the canonical bytes of an event. */
function readLeaf(leaf: Buffer): (Record<string, unknown> & { committed?: Record<string, unknown> }) | null {
  try {
    const body = JSON.parse(leaf.toString('utf8'));
    return canonicalEvent(body).equals(leaf) ? body : null;
  } catch {
    return null;
  }
}
