import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const UNLIMITED = Number.POSITIVE_INFINITY;

interface Near {
  readonly socket: Socket;
  leftBytes: number;
}

/**
 * A TCP line to the archive that can stall and be cut: what a browser sees of a bad mobile network, but at the same
 * place of the transfer every time, however busy the machine is.
 */
export class BadLine {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  readonly #nears = new Set<Near>();
  #allowedBytes = UNLIMITED;
  #isCut = false;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((near) => this.#join(near));
  }

  static async to(url: string): Promise<BadLine> {
    const line = new BadLine(Number(new URL(url).port));
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  /** Where to go instead of the archive itself. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Each connection, those open included, carries so many bytes more to the archive and then none; null: no limit. */
  allow(bytes: number | null): void {
    this.#allowedBytes = bytes ?? UNLIMITED;
    for (const near of this.#nears) {
      near.leftBytes = this.#allowedBytes;
      near.socket.resume();
    }
  }

  /** Whether some connection has carried all it was allowed to. */
  get isStalled(): boolean {
    return [...this.#nears].some(({ leftBytes }) => leftBytes <= 0);
  }

  /** Ends all connections and takes no new ones. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #join(near: Socket): void {
    if (this.#isCut) {
      near.destroy();
      return;
    }
    const far = connect(this.#targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    far.pipe(near);
    const state: Near = { socket: near, leftBytes: this.#allowedBytes };
    this.#nears.add(state);
    near.on('close', () => this.#nears.delete(state));
    near.on('data', (chunk) => {
      const isTaken = far.write(chunk);
      state.leftBytes -= chunk.length;
      if (isTaken && state.leftBytes > 0) return;
      near.pause();
      if (!isTaken) far.once('drain', () => state.leftBytes > 0 && near.resume());
    });
    near.on('end', () => far.end());
  }
}
