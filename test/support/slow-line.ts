import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const UNLIMITED = Number.POSITIVE_INFINITY;

/** A TCP line to the archive that can be slow one way, and be cut: what a browser sees of a bad mobile network. */
export class SlowLine {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #bytesPerSecond = UNLIMITED;
  #isCut = false;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((near) => this.#join(near));
  }

  static async to(url: string): Promise<SlowLine> {
    const line = new SlowLine(Number(new URL(url).port));
    line.#server.listen(0, '127.0.0.1');
    await once(line.#server, 'listening');
    return line;
  }

  /** Where to go instead of the archive itself. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Towards the archive only so much a second for each connection, from now on; null for no limit. */
  slow(bytesPerSecond: number | null): void {
    this.#bytesPerSecond = bytesPerSecond ?? UNLIMITED;
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
    near.on('data', (chunk) => {
      const isTaken = far.write(chunk);
      const pauseMs = (chunk.length / this.#bytesPerSecond) * 1_000;
      if (isTaken && pauseMs === 0) return;
      near.pause();
      const goOn = (): void => void setTimeout(() => near.resume(), pauseMs);
      if (isTaken) goOn();
      else far.once('drain', goOn);
    });
    near.on('end', () => far.end());
  }
}
