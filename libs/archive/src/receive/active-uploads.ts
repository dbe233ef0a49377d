import { ArchiveError, type Id } from '#domain';

/** A request that is writing to an upload in this process. */
export interface Claim {
  /** Aborted when another request wants to go on with the upload. */
  readonly signal: AbortSignal;
  /** From now on the writer's place is known: bytes it has taken, those before it included. */
  follow(offsetBytes: () => number): void;
  end(): void;
}

interface Writer {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
  offsetBytes: (() => number) | null;
}

/**
 * One writer an upload in this process. A client that lost its connection comes back before the server has noticed:
 * the old request is stopped, what it holds is stored, and only then the new one (or a HEAD) sees the offset.
 * Writers in other processes are kept off by the epoch in the database.
 */
export class ActiveUploads {
  readonly #writers = new Map<Id, Writer>();

  has(assetId: Id): boolean {
    return this.#writers.has(assetId);
  }

  /**
   * Stops the writer there is and takes its place. Of several that want to, each is stopped by the next.
   * @param offsetBytes where the new one wants to write: a writer that is elsewhere by now is not disturbed, so that
   *   the same piece sent twice at once does not cut itself off. Without it, whoever writes is stopped.
   * @throws ArchiveError `upload-offset-mismatch`
   */
  async claim(assetId: Id, offsetBytes?: number): Promise<Claim> {
    // Looked up and set in one go after each wait: two that waited for the same writer must not both follow it.
    for (let before = this.#writers.get(assetId); before; before = this.#writers.get(assetId)) {
      const writerAt = before.offsetBytes?.() ?? offsetBytes;
      if (offsetBytes !== undefined && writerAt !== undefined && writerAt !== offsetBytes)
        throw offsetMismatch(offsetBytes, writerAt);
      await stop(before);
    }
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const writer: Writer = { stop: new AbortController(), ended, offsetBytes: null };
    this.#writers.set(assetId, writer);
    return {
      signal: writer.stop.signal,
      follow: (offsetBytes) => {
        writer.offsetBytes = offsetBytes;
      },
      end: () => {
        if (this.#writers.get(assetId) === writer) this.#writers.delete(assetId);
        end();
      },
    };
  }

  /** Stops the writer, if there is one, and waits until what it received is stored. */
  async settle(assetId: Id): Promise<void> {
    for (let writer = this.#writers.get(assetId); writer; writer = this.#writers.get(assetId)) await stop(writer);
  }
}

async function stop(writer: Writer): Promise<void> {
  writer.stop.abort(new ArchiveError('upload-taken-over', 'another request goes on with this upload'));
  await writer.ended;
}

export function offsetMismatch(asked: number, offsetBytes: number): ArchiveError {
  return new ArchiveError('upload-offset-mismatch', `asked for ${asked}, the upload is at ${offsetBytes}`, {
    details: { offsetBytes },
  });
}
