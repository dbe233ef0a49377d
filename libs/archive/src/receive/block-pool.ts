import { newSlab, type Slab } from '../digest/digest-threads.js';

/** Blocks one upload may hold; returned to the pool when the bytes are hashed and stored. */
export interface BlockLease {
  take(): Promise<Slab>;
  give(slab: Slab): void;
  /** Ends the lease; blocks still out come back by `give`. */
  end(): void;
}

interface Holder {
  readonly least: number;
  held: number;
  wake: (() => void)[];
}

interface Waiting {
  readonly holder: Holder;
  readonly enter: () => void;
}

/**
 * The memory of all uploads under way, in blocks of 1 MiB; never more than `totalBlocks`, unless one upload alone
 * needs more. An upload is let in only while each one can still have its `least` (what the store holds back before it
 * lets a block go), so no set of half-filled parts can wait for each other; what is left over goes to whoever is
 * fastest, up to an even share.
 */
export class BlockPool {
  readonly #total: number;
  readonly #free: Slab[] = [];
  readonly #holders = new Set<Holder>();
  readonly #queue: Waiting[] = [];
  #made = 0;

  constructor(totalBlocks: number) {
    this.#total = totalBlocks;
  }

  /**
   * Waits its turn when the memory is spoken for.
   * @throws the signal's reason when it is aborted while waiting
   */
  async lease(least: number, signal?: AbortSignal): Promise<BlockLease> {
    const holder: Holder = { least, held: 0, wake: [] };
    if (this.#queue.length > 0 || !this.#fits(least)) await this.#enter(holder, signal);
    else this.#holders.add(holder);
    return {
      take: () => this.#take(holder),
      give: (slab) => this.#give(holder, slab),
      end: () => this.#end(holder),
    };
  }

  async #enter(holder: Holder, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((enter, refuse) => {
      const waiting: Waiting = { holder, enter };
      this.#queue.push(waiting);
      signal?.addEventListener('abort', () => {
        const place = this.#queue.indexOf(waiting);
        if (place < 0) return;
        this.#queue.splice(place, 1);
        refuse(signal.reason);
        this.#letIn();
      });
    });
  }

  /** First come, first served: a large one at the head is not passed by for ever. */
  #letIn(): void {
    for (let next = this.#queue[0]; next && this.#fits(next.holder.least); next = this.#queue[0]) {
      this.#queue.shift();
      this.#holders.add(next.holder);
      next.enter();
    }
  }

  #fits(least: number): boolean {
    let promised = least;
    for (const holder of this.#holders) promised += holder.least;
    return promised <= this.#total || this.#holders.size === 0;
  }

  async #take(holder: Holder): Promise<Slab> {
    for (;;) {
      const slab = this.#mayTake(holder) ? this.#any() : undefined;
      if (slab) {
        holder.held += 1;
        return slab;
      }
      await new Promise<void>((resolve) => holder.wake.push(resolve));
    }
  }

  /**
   * Below its least an upload waits only for what another holds above its own: those blocks are on their way to the
   * store and come back by themselves.
   */
  #mayTake(holder: Holder): boolean {
    const left = this.#free.length + (this.#total - this.#made);
    if (holder.held < holder.least) return left > 0 || (this.#holders.size === 1 && holder.least > this.#total);
    if (holder.held >= Math.floor(this.#total / this.#holders.size)) return false;
    let owedToOthers = 0;
    for (const other of this.#holders) if (other !== holder) owedToOthers += Math.max(0, other.least - other.held);
    return left > owedToOthers;
  }

  #any(): Slab {
    const slab = this.#free.pop();
    if (slab) return slab;
    this.#made += 1;
    return newSlab();
  }

  #give(holder: Holder, slab: Slab): void {
    holder.held -= 1;
    if (this.#made > this.#total) this.#made -= 1;
    else this.#free.push(slab);
    this.#wakeAll();
  }

  #end(holder: Holder): void {
    this.#holders.delete(holder);
    this.#letIn();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const holder of this.#holders) for (const wake of holder.wake.splice(0)) wake();
  }
}
