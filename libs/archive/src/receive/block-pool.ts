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

/**
 * The memory of all uploads under way, in blocks of 1 MiB. An upload is let in only while each one can still have its
 * `least` (what the store holds back before it lets a block go), so no set of half-filled parts can wait for each
 * other; what is left over goes to whoever is fastest, up to an even share.
 */
export class BlockPool {
  readonly #total: number;
  readonly #free: Slab[] = [];
  readonly #holders = new Set<Holder>();
  readonly #queue: { readonly least: number; readonly enter: () => void }[] = [];
  #made = 0;

  constructor(totalBlocks: number) {
    this.#total = totalBlocks;
  }

  /** Waits its turn when the memory is spoken for. */
  async lease(least: number): Promise<BlockLease> {
    if (this.#queue.length > 0 || !this.#fits(least)) {
      await new Promise<void>((enter) => this.#queue.push({ least, enter }));
    }
    const holder: Holder = { least, held: 0, wake: [] };
    this.#holders.add(holder);
    return {
      take: () => this.#take(holder),
      give: (slab) => this.#give(holder, slab),
      end: () => this.#end(holder),
    };
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

  #mayTake(holder: Holder): boolean {
    if (holder.held < holder.least) return true;
    const share = Math.floor(this.#total / this.#holders.size);
    if (holder.held >= share) return false;
    let owedToOthers = 0;
    for (const other of this.#holders) if (other !== holder) owedToOthers += Math.max(0, other.least - other.held);
    return this.#free.length + (this.#total - this.#made) > owedToOthers;
  }

  #any(): Slab | undefined {
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
    const next = this.#queue[0];
    if (next && this.#fits(next.least)) {
      this.#queue.shift();
      next.enter();
    }
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const holder of this.#holders) for (const wake of holder.wake.splice(0)) wake();
  }
}
