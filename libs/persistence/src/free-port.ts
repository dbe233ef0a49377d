import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below 32768, where Linux begins to hand out ports to outgoing connections: a port from there can be taken between
 * our look and the server's start, even by a client of that very server that calls too early and reaches itself.
 */
const FIRST = 15_000;
const LAST = 32_000;
const TRIES = 100;

/** A TCP port of 127.0.0.1 that nobody listens on now. Two callers rarely get the same one, but can. */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(FIRST, LAST);
    const taken = await whyNot(port);
    if (taken === null) return port;
    if (tries === TRIES) throw taken;
  }
}

function whyNot(port: number): Promise<Error | null> {
  return new Promise((done) => {
    const probe = createServer();
    probe.once('error', done);
    probe.listen(port, '127.0.0.1', () => probe.close(() => done(null)));
  });
}
