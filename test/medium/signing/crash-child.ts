// A signer, or a witness, that ends at the failpoint it was given; beyond all points it serves until it is killed.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, disk, type KeyFolder, openKeyFolder, type SigningKey } from '#signing';
import { serveSigner } from '../../../apps/signer/src/server.js';
import { Signer } from '../../../apps/signer/src/signer.js';
import { Evidence } from '../../../apps/witness/src/evidence.js';
import { knownLogs } from '../../../apps/witness/src/known-logs.js';
import { serveWitness } from '../../../apps/witness/src/server.js';
import { Witness } from '../../../apps/witness/src/witness.js';
import { Failpoints } from '../crash/failpoints.js';

export interface CrashOrder {
  readonly role: 'signer' | 'witness';
  readonly dir: string;
  readonly fatal: number;
  readonly logs: readonly string[];
}

const order: CrashOrder = JSON.parse(process.argv[2] ?? '');
const points = new Failpoints(order.fatal);
const say = (text: string): void => void writeSync(1, `${text}\n`);
const plan = { say, onFatal: () => process.exit(1) };
const steps = slow(disk);

if (order.role === 'signer') {
  const folder = await open('log.example/test', ['log', 'receipts']);
  await serveSigner({ ...plan, signer: new Signer(folder), socketPath: join(order.dir, 'signer.sock') });
  say('ready');
} else {
  const folder = await open('witness.example/w1', ['witness']);
  const options = { dir: order.dir, name: null, logs: knownLogs(order.logs, null) };
  const witness = new Witness(folder, await Evidence.open(order.dir, steps), options);
  const server = await serveWitness({ ...plan, witness, listen: { host: '127.0.0.1', port: 0 }, tls: null });
  const address = server.address();
  say(`ready http://127.0.0.1:${typeof address === 'object' ? address?.port : ''} ${witness.vkey}`);
}

async function open<K extends string>(name: string, keyNames: readonly K[]): Promise<KeyFolder<K>> {
  const folder = await openKeyFolder({ dir: order.dir, keyNames, name, nameWhenNew: () => name, disk: steps });
  const keys = Object.entries<SigningKey>(folder.keys).map(([key, { publicKey, sign }]) => [
    key,
    { publicKey, sign: (message: Uint8Array) => points.around('sign', async () => sign(message)) },
  ]);
  return { ...folder, keys: Object.fromEntries(keys) };
}

/** Each step of the disk with a point while it is under way and one when it is done. */
function slow(real: Disk): Disk {
  const nameOf = (path: string): string => path.slice(order.dir.length + 1) || 'folder';
  return {
    write: (path, text) => points.around(`write ${nameOf(path)}`, () => real.write(path, text)),
    sync: (path) => points.around(`sync ${nameOf(path)}`, () => real.sync(path)),
    rename: (from, to) => points.around(`rename to ${nameOf(to)}`, () => real.rename(from, to)),
    makeFolder: (path) => points.around(`make ${nameOf(path)}`, () => real.makeFolder(path)),
    append: (path, line) => points.around(`append ${nameOf(path)}`, () => real.append(path, line)),
  };
}
