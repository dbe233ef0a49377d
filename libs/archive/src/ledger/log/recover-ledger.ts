import { ArchiveError, type Chain, type EventType, type Id, type LedgerEvent } from '#domain';
import type { ObjectStore } from '#object-store';
import { type Database, type EventRecord, type LogState, ledgerRepository, logRepository } from '#persistence';
import type { SignerClient, SignerState } from '#signing';
import { GrowingTiles, GrowingTree, isTlogError } from '#tlog';
import type { Clock, Log } from '../../archive.js';
import { appendEvents, bySystem } from '../append-events.js';
import { eventLeafHash, sha256 } from '../canonical.js';
import { hasRoot } from './freeze-ledger.js';
import { type EntrySource, LostEntries } from './lost-entries.js';
import { newestOf, restoreTree } from './stored-tree.js';

/** Why the log cannot be brought back to what was signed. Words for people are with whoever shows it. */
export type Obstacle =
  /** The signer remembers another log of a size the database has: nothing leads from one to the other. */
  | { readonly kind: 'contradiction'; readonly size: number }
  /** The database's own tiles do not give its own root: there is nothing to go on from. */
  | { readonly kind: 'tiles-damaged' }
  /** Published entries that are neither in the vault nor in staging. */
  | { readonly kind: 'entries-missing'; readonly from: number; readonly to: number }
  /** What was found does not lead to what was signed: the database grew otherwise, or what was kept was altered. */
  | { readonly kind: 'other-root'; readonly size: number }
  | { readonly kind: 'not-an-event'; readonly index: number }
  /** Recorded since the backup was restored, in places of chains that published events have. */
  | { readonly kind: 'events-in-the-way'; readonly events: readonly InTheWay[] };

export interface InTheWay {
  readonly id: Id;
  readonly chain: Chain;
  readonly chainSeq: number;
  readonly type: EventType;
  readonly at: Date;
  readonly actor: string;
}

export interface RecoveryPlan {
  readonly state: LogState;
  readonly signed: Pick<SignerState, 'size' | 'signedAt'>;
  /** Entries to be put back: from, up to and without. */
  readonly from: number;
  readonly to: number;
  /** Events the database does not have any more. */
  readonly lostEvents: number;
  /** Cases and assets these speak of: their rows are not made again. */
  readonly cases: readonly Id[];
  readonly assets: readonly Id[];
  /** Entries in staging beyond what was signed: acknowledged perhaps, published never; they are not put back. */
  readonly unsigned: number;
  readonly obstacles: readonly Obstacle[];
}

interface Needs {
  /** Of the owner of the schema: nobody else thaws a log. */
  readonly owner: Database;
  readonly store: ObjectStore;
  readonly signer: Pick<SignerClient, 'state'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Found {
  readonly first: EntrySource;
  readonly lostEvents: number;
  readonly subjects: ReadonlySet<string>;
}

type Recovered = Omit<EventRecord, 'position'> & { readonly on: readonly string[] };

const BATCH = 1_024;

/**
 * The way out for a database that is behind its signer: what was signed is put back from the vault and from staging,
 * when it leads to the very root the signer remembers, and only then recording goes on. There is no way to make it go
 * on with less.
 */
export class RecoverLedger {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Reads all there is and changes nothing. @throws SigningError when the signer cannot be asked */
  async plan(): Promise<RecoveryPlan> {
    return (await this.#prepare()).plan;
  }

  /**
   * @returns the plan, carried out unless it has obstacles
   * @throws SigningError; ArchiveError `conflict` when the log grew meanwhile: it is still frozen, and nothing is lost
   */
  async run(): Promise<RecoveryPlan> {
    const { plan, entries, found } = await this.#prepare();
    if (plan.obstacles.length > 0) return plan;
    if (plan.to > plan.from) await this.#putBack(plan, entries, found.first);
    else if (plan.state.frozenReason !== null) await logRepository.thaw(this.#needs.owner.reader);
    this.#needs.log.warn({ from: plan.from, to: plan.to }, 'the log is as far as what was signed again');
    return plan;
  }

  async #prepare(): Promise<{ plan: RecoveryPlan; entries: LostEntries; found: Found }> {
    const { owner, store, signer } = this.#needs;
    const signed = await signer.state();
    const state = await logRepository.state(owner.reader);
    const entries = await LostEntries.find(store);
    const [from, to] = [state.size, Math.max(state.size, signed.size)];
    const obstacles: Obstacle[] = [];
    const found = await this.#lookFor(entries, { signed, state }, obstacles);
    const of = (kind: 'case' | 'asset') =>
      [...found.subjects].filter((one) => one.startsWith(`${kind}:`)).map((one) => one.slice(kind.length + 1));
    const plan = {
      ...{ state, signed, from, to, obstacles },
      lostEvents: found.lostEvents,
      cases: of('case'),
      assets: of('asset'),
      unsigned: entries.endFrom(to) - to,
    };
    return { plan, entries, found };
  }

  async #lookFor(
    entries: LostEntries,
    { signed, state }: { readonly signed: SignerState; readonly state: LogState },
    obstacles: Obstacle[],
  ): Promise<Found> {
    const nothing: Found = { first: 'vault', lostEvents: 0, subjects: new Set() };
    const { reader } = this.#needs.owner;
    if (signed.size <= state.size) {
      if (!(await hasRoot(reader, signed.size, signed.root)))
        obstacles.push({ kind: 'contradiction', size: signed.size });
      else if (!(await hasRoot(reader, state.size, state.root))) obstacles.push({ kind: 'tiles-damaged' });
      return nothing;
    }
    const end = entries.endFrom(state.size);
    if (end < signed.size) {
      obstacles.push({ kind: 'entries-missing', from: end, to: signed.size });
      return nothing;
    }
    const restored = await restoreTree(reader).catch(() => null);
    if (restored === null) {
      obstacles.push({ kind: 'tiles-damaged' });
      return nothing;
    }
    const edge = restored.edge();
    for (const first of ['vault', 'staging'] as const) {
      const tree = GrowingTree.restore(sha256, edge);
      const found = await this.#follow(entries, first, tree, signed.size);
      if (found === null || !Buffer.from(signed.root).equals(tree.root())) continue;
      obstacles.push(...found.obstacles);
      return { ...found, first };
    }
    obstacles.push({ kind: 'other-root', size: signed.size });
    return nothing;
  }

  /** What putting back these leaves comes to. @returns null when they cannot be read */
  async #follow(entries: LostEntries, first: EntrySource, tree: GrowingTree, to: number) {
    const subjects = new Set<string>();
    const inTheWay = new Map<Id, InTheWay>();
    const obstacles: Obstacle[] = [];
    let lostEvents = 0;
    while (tree.size < to) {
      const leaves = await this.#leaves(entries, first, tree.size, to);
      if (leaves === null) return null;
      const events: Recovered[] = [];
      for (const leaf of leaves) {
        const event = eventOf(leaf);
        if (event === null) obstacles.push({ kind: 'not-an-event', index: tree.size });
        else events.push(event);
        tree.append(eventLeafHash(leaf));
      }
      const there = await this.#split(events);
      lostEvents += there.lost.length;
      for (const event of there.inTheWay) inTheWay.set(event.id, event);
      for (const { chain, on } of events) for (const subject of [chain, ...on]) subjects.add(subject);
    }
    if (inTheWay.size > 0) obstacles.push({ kind: 'events-in-the-way', events: [...inTheWay.values()] });
    return { subjects, lostEvents, obstacles };
  }

  async #leaves(entries: LostEntries, first: EntrySource, from: number, to: number): Promise<Buffer[] | null> {
    try {
      return await entries.read(from, Math.min(to, from + BATCH), first);
    } catch (error) {
      if (isTlogError(error)) return null;
      throw error;
    }
  }

  /** Those the database does not have, and those of its own that stand where they belong. */
  async #split(events: readonly Recovered[]): Promise<{ lost: Recovered[]; inTheWay: InTheWay[] }> {
    const there = await ledgerRepository.at(this.#needs.owner.reader, events);
    const known = new Set(there.map(({ leafHash }) => leafHash.toString('hex')));
    const logged = new Set(events.map(({ leafHash }) => leafHash.toString('hex')));
    return {
      lost: events.filter(({ leafHash }) => !known.has(leafHash.toString('hex'))),
      inTheWay: there.filter(({ leafHash }) => !logged.has(leafHash.toString('hex'))),
    };
  }

  /** Batch by batch; each leaves a log that is whole, and frozen until the last. A crash is gone on from by another run. */
  async #putBack({ state, from, to }: RecoveryPlan, entries: LostEntries, first: EntrySource): Promise<void> {
    const { owner, clock } = this.#needs;
    const restored = await restoreTree(owner.reader);
    for (let at = from; at < to; ) {
      const leaves = (await entries.read(at, Math.min(to, at + BATCH), first)) ?? [];
      const events = leaves.map((leaf) => eventOf(leaf)).filter((event) => event !== null);
      if (events.length !== leaves.length || leaves.length === 0)
        throw new ArchiveError('conflict', `entry ${at} is not there any more`);
      const { lost } = await this.#split(events);
      const batch = { from: at, events: lost, ...grow(restored, events), size: at + leaves.length };
      at = batch.size;
      await owner.transaction(async (tx) => {
        await logRepository.putBack(tx, { ...batch, root: restored.root() });
        if (at < to) await logRepository.freeze(tx, state.frozenReason ?? 'behind-signer', clock.now());
        else await tellOf(tx, { from, to, at: clock.now() });
      });
    }
  }
}

function grow(tree: GrowingTiles, events: readonly Recovered[]) {
  const entries = events.map(({ id, leafHash }) => {
    const entry = { index: tree.size, eventId: id, leafHash };
    tree.append(leafHash);
    return entry;
  });
  return { entries, tiles: newestOf(tree.take()) };
}

async function tellOf(
  tx: Parameters<typeof appendEvents>[0],
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: Date },
): Promise<void> {
  await appendEvents(tx, bySystem(at), [{ type: 'ledger.recovered', chain: 'system', public: { from, to } }]);
}

/** The columns as the leaf says them; null when it is no event. */
function eventOf(leaf: Buffer): Recovered | null {
  try {
    const body = JSON.parse(leaf.toString('utf8')) as LedgerEvent;
    const { id, chain, chain_seq: chainSeq, type, actor, on } = body;
    const at = new Date(body.at);
    const isWhole = Number.isSafeInteger(chainSeq) && Array.isArray(on) && !Number.isNaN(at.getTime());
    if (!isWhole || [id, chain, type, actor].some((one) => typeof one !== 'string')) return null;
    const prevHash = body.chain_prev === null ? null : Buffer.from(body.chain_prev.slice('sha256:'.length), 'hex');
    return { id, chain, chainSeq, type, at, actor, leaf, leafHash: eventLeafHash(leaf), prevHash, on };
  } catch {
    return null;
  }
}
