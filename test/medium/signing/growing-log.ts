import { sha256 } from '#signing';
import { formatCheckpoint, leafHash, makeConsistencyProof, treeRoot } from '#tlog';

/** A log that can be looked at as of any size; two with other entries are forks of each other. */
export class GrowingLog {
  readonly origin: string;
  readonly #leaves: readonly Uint8Array[];

  /** @param forkedAt entries from this index on are others than in a log without */
  constructor(origin: string, forkedAt = Number.POSITIVE_INFINITY) {
    this.origin = origin;
    this.#leaves = Array.from({ length: 64 }, (_, i) =>
      leafHash(sha256, Buffer.from(`entry ${i}${i < forkedAt ? '' : ', rewritten'}`)),
    );
  }

  root(size: number): Uint8Array {
    return treeRoot(sha256, this.#leaves.slice(0, size));
  }

  text(size: number): string {
    return formatCheckpoint({ origin: this.origin, size, root: this.root(size), extensions: [] });
  }

  async proof(size1: number, size2: number): Promise<Uint8Array[]> {
    return await makeConsistencyProof(sha256, { size1, size2 }, (level, index) =>
      treeRoot(sha256, this.#leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    );
  }

  /** What the signer is asked. */
  async request(oldSize: number, size: number) {
    return { oldSize, proof: await this.proof(oldSize, size), text: this.text(size) };
  }
}
