import type { Id } from '#domain';

/** A request that is writing to an upload in this process. */
export interface Claim {
  /** Aborted when another request wants to go on with the upload. */
  readonly signal: AbortSignal;
  end(): void;
}

interface Writer {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/**
 * One writer an upload in this process. A client that lost its connection comes back before the server has noticed:
 * the old request is stopped, what it holds is stored, and only then the new one (or a HEAD) sees the offset.
 * Writers in other processes are kept off by the epoch in the database.
 */
export class ActiveUploads {
  readonly #writers = new Map<Id, Writer>();

  async claim(assetId: Id): Promise<Claim> {
    await this.settle(assetId);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const writer: Writer = { stop: new AbortController(), ended };
    this.#writers.set(assetId, writer);
    return {
      signal: writer.stop.signal,
      end: () => {
        if (this.#writers.get(assetId) === writer) this.#writers.delete(assetId);
        end();
      },
    };
  }

  /** Stops the writer, if there is one, and waits until what it received is stored. */
  async settle(assetId: Id): Promise<void> {
    for (let writer = this.#writers.get(assetId); writer; writer = this.#writers.get(assetId)) {
      writer.stop.abort();
      await writer.ended;
    }
  }
}
