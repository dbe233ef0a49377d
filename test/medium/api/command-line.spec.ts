import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { ApiClient } from '../../../apps/cli/src/client/api-client.js';

/** What the command line makes of a line, or of a server, that is not as it should be. */
describe('the client of the command line', () => {
  let server: Server;
  let client: ApiClient;
  let meet: (socket: Socket) => void;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      meet(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = new ApiClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(() => server.close());

  const answer = (text: string) => (socket: Socket) => socket.once('data', () => socket.end(text));
  const ask = () => client.get('/session', z.object({ a: z.number() }));
  const tryLater = expect.objectContaining({ name: 'CommandFailure', exitCode: 6 });

  it('gets an answer whole', async () => {
    meet = answer('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}');
    expect(await ask()).toEqual({ a: 1 });
  });

  it('says that nobody answers when the line breaks, at whatever moment it does', async () => {
    for (const broken of [
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.once('data', () => socket.destroy()),
      answer('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a"'),
    ]) {
      meet = broken;
      // Now and then it is broken before it was made.
      for (let n = 0; n < 20; n++) await expect(ask()).rejects.toEqual(tryLater);
    }
  });

  it('takes a problem for what it names, and anything else for no answer of an archive', async () => {
    const problem = JSON.stringify({
      ...{
        type: 'about:blank',
        title: 'x',
        titleEn: 'x',
        status: 404,
        code: 'not-found',
        detail: 'no such thing',
        requestId: 'r',
      },
    });
    meet = answer(`HTTP/1.1 404 Not Found\r\nContent-Length: ${problem.length}\r\n\r\n${problem}`);
    await expect(ask()).rejects.toMatchObject({ code: 'not-found' });
    meet = answer('HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n');
    await expect(ask()).rejects.toMatchObject({ exitCode: 70 });
  });
});
