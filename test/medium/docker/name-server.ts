import { createSocket } from 'node:dgram';

export interface NameServer {
  readonly port: number;
  close(): Promise<void>;
}

const TYPE_A = 1;
const HEADER_BYTES = 12;

/** Answers every A question with these IPv4 addresses, as a container engine does for a service with replicas. */
export async function startNameServer(addresses: readonly string[]): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => socket.send(answerTo(question, addresses), from.port, from.address));
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  return { port: socket.address().port, close: () => new Promise((done) => socket.close(() => done())) };
}

/** RFC 1035: the question repeated, then one record for each address, its name a pointer to the question's. */
function answerTo(message: Buffer, addresses: readonly string[]): Buffer {
  let end = HEADER_BYTES;
  while ((message[end] ?? 0) !== 0) end += (message[end] ?? 0) + 1;
  end += 5;
  const isForAddress = message.readUInt16BE(end - 4) === TYPE_A;
  const records = isForAddress ? addresses.map(record) : [];
  const header = Buffer.from(message.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, message.subarray(HEADER_BYTES, end), ...records]);
}

function record(address: string): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16BE(0xc00c, 0);
  bytes.writeUInt16BE(TYPE_A, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt32BE(1, 6);
  bytes.writeUInt16BE(4, 10);
  bytes.set(address.split('.').map(Number), 12);
  return bytes;
}
