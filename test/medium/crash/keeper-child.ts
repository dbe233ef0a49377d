// Keeps the log once through, in a process of its own that ends at the failpoint it was given; or for as long as it lives.
import { writeSync } from 'node:fs';
import { type ArchiveOptions, openArchive } from '#archive';
import { Database } from '#persistence';
import { SignerClient, WitnessClient } from '#signing';
import { parsePolicy, parseVerifierKey } from '#tlog';
import { sha256 } from '../../../libs/archive/src/ledger/canonical.js';
import { RecordAnchoring } from '../../../libs/archive/src/ledger/log/anchoring.js';
import { AskWitnesses } from '../../../libs/archive/src/ledger/log/ask-witnesses.js';
import { CompareWithSigner } from '../../../libs/archive/src/ledger/log/freeze-ledger.js';
import { LOG_PACE, LogKeeper } from '../../../libs/archive/src/ledger/log/log-keeper.js';
import { PublishLog } from '../../../libs/archive/src/ledger/log/publish-log.js';
import { SEQUENCER_IDLE_MS, Sequencer } from '../../../libs/archive/src/ledger/log/sequencer.js';
import { VaultLog } from '../../../libs/archive/src/ledger/log/vault-log.js';
import { WatchLedger } from '../../../libs/archive/src/ledger/log/watch-ledger.js';
import { SILENT } from '../../support/running-archive.js';
import { around, Failpoints, withFailpoints } from './failpoints.js';

export interface KeeperOrder {
  readonly options: Omit<ArchiveOptions, 'log' | 'clock'>;
  readonly sequencerUrl: string;
  readonly signerSocket: string;
  readonly witness: { readonly url: string; readonly vkey: string };
  readonly memoryPath: string;
  readonly leaseMs: number;
  /** Which point is the last; beyond all points it comes to its end. Null: keeps the log until it is ended. */
  readonly fatal: number | null;
}

const order: KeeperOrder = JSON.parse(process.argv[2] ?? '');
const say = (line: string): void => void writeSync(1, `${line}\n`);
const opened = await openArchive({ ...order.options, log: SILENT });
const own = await Database.connect({ url: order.sequencerUrl, poolSize: 4, idleTransactionMs: SEQUENCER_IDLE_MS });
const points = new Failpoints(order.fatal ?? Number.POSITIVE_INFINITY);
const parts = withFailpoints({ ...opened.parts, database: own }, points);
const signer = around(new SignerClient({ socketPath: order.signerSocket }), points);
const witness = around(
  new WitnessClient({ url: order.witness.url, key: parseVerifierKey(sha256, order.witness.vkey) }),
  points,
);
const needs = {
  ...parts,
  signer,
  log: { ...SILENT, info: () => say('leads'), warn: (_: unknown, text: string) => say(text) },
};
const steps = {
  sequencer: new Sequencer(needs, { leaseMs: order.leaseMs }),
  compare: new CompareWithSigner(needs),
  publish: new PublishLog(needs),
  witnesses: new AskWitnesses({
    ...needs,
    app: opened.parts.database,
    policy: parsePolicy(sha256, `witness w1 ${order.witness.vkey}\nquorum w1\n`),
    witnesses: [{ name: 'w1', vkey: order.witness.vkey, client: witness }],
  }),
  vault: new VaultLog(needs),
  watch: new WatchLedger({ ...needs, app: opened.parts.database, memoryPath: order.memoryPath }),
  anchoring: new RecordAnchoring({ ...needs, database: opened.parts.database, hasAuthority: false }),
};

if (order.fatal === null) {
  new LogKeeper({ ...steps, stamp: null, log: needs.log }, LOG_PACE).start();
} else {
  await steps.compare.run();
  for (let moved: number | null = null; moved !== 0; ) moved = await steps.sequencer.step();
  await steps.publish.run();
  await steps.witnesses.run();
  await steps.vault.run();
  await steps.watch.run();
  await steps.sequencer.stop();
  say('ended');
  process.exit(0);
}
