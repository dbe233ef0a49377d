import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchiveParts } from '#archive';
import type { JobLog } from '#jobs';
import { Database } from '#persistence';
import { WitnessClient } from '#signing';
import { parsePolicy, parseVerifierKey } from '#tlog';
import { sha256 } from '../../libs/archive/src/ledger/canonical.js';
import { RecordAnchoring } from '../../libs/archive/src/ledger/log/anchoring.js';
import { AskWitnesses } from '../../libs/archive/src/ledger/log/ask-witnesses.js';
import { CompareWithSigner } from '../../libs/archive/src/ledger/log/freeze-ledger.js';
import { LOG_PACE, LogKeeper, type LogPace } from '../../libs/archive/src/ledger/log/log-keeper.js';
import { PublishLog } from '../../libs/archive/src/ledger/log/publish-log.js';
import { SEQUENCER_IDLE_MS, Sequencer } from '../../libs/archive/src/ledger/log/sequencer.js';
import type { StampLog } from '../../libs/archive/src/ledger/log/stamp-log.js';
import { VaultLog } from '../../libs/archive/src/ledger/log/vault-log.js';
import { WatchLedger } from '../../libs/archive/src/ledger/log/watch-ledger.js';
import { type RunningArchive, type RunningOptions, runArchive, SILENT } from './running-archive.js';
import { type RunningSigner, type RunningWitness, startSigner, startWitness } from './signing-processes.js';

/** An archive with its log: the steps of the log's keeper taken by hand, signer and witness real processes. */
export interface LoggedArchive extends RunningArchive {
  readonly parts: ArchiveParts;
  readonly signer: RunningSigner;
  readonly signerDir: string;
  /** The first. */
  readonly witness: RunningWitness;
  /** Called w1, w2, … in the policy. */
  readonly allWitnesses: readonly RunningWitness[];
  readonly witnessDir: string;
  /** Of the login that may grow the log. */
  readonly logDatabase: Database;
  readonly sequencer: Sequencer;
  readonly publish: PublishLog;
  readonly compare: CompareWithSigner;
  readonly witnesses: AskWitnesses;
  readonly anchoring: RecordAnchoring;
  readonly vault: VaultLog;
  readonly watch: WatchLedger;
  /** The watch as after a restart: it knows what its file says. */
  newWatch(): WatchLedger;
  readonly watchMemoryPath: string;
  /** All of it kept by itself, as a worker does; stop it before the archive. */
  keep(pace?: Partial<LogPace>, more?: KeepOptions): LogKeeper;
  /** A signer over the same folder, on the same socket; the one before is killed. */
  restartSigner(): Promise<void>;
  /** All that is committed into the log, signed. */
  settle(): Promise<void>;
}

export interface KeepOptions {
  /** Nobody is asked for time-stamps when not said. */
  readonly stamp?: StampLog | null;
  readonly log?: JobLog;
}

export interface LoggedOptions extends RunningOptions {
  /** How many there are; one when not said. */
  readonly witnesses?: number;
  /** How many of them it takes; none when not said. */
  readonly quorum?: number;
}

export async function runLoggedArchive(options: LoggedOptions = {}): Promise<LoggedArchive> {
  const running = await runArchive(options);
  const signerDir = await mkdtemp(join(running.dir, 'signer-'));
  const witnessDir = await mkdtemp(join(running.dir, 'witness-'));
  const signer = await startSigner(signerDir);
  let signerChild = signer.child;
  const { origin, vkey } = await signer.client.state();
  const witness = await startWitness(witnessDir, [vkey]);
  const allWitnesses = [witness];
  for (let n = 2; n <= (options.witnesses ?? 1); n++) {
    const dir = await mkdtemp(join(running.dir, 'witness-'));
    allWitnesses.push(await startWitness(dir, [vkey], ['--name', `witness.example/w${n}`]));
  }
  const witnessPolicy = witnessPolicyOf(allWitnesses, options.quorum ?? 0);
  const logDatabase = await Database.connect({
    url: running.sequencerUrl,
    poolSize: 4,
    idleTransactionMs: SEQUENCER_IDLE_MS,
  });
  const settings = { ...running.parts.settings, witnessPolicy };
  const parts = { ...running.parts, signer: signer.client, settings };
  const needs = { ...parts, database: logDatabase, log: SILENT };
  const [sequencer, publish] = [new Sequencer(needs), new PublishLog(needs)];
  const memoryPath = join(running.dir, 'verified.json');
  const newWatch = () => new WatchLedger({ ...needs, app: running.parts.database, memoryPath });
  const made = {
    ...running,
    ...{ parts, signer, signerDir, witness, allWitnesses, witnessDir, logDatabase, sequencer, publish },
    anchoring: new RecordAnchoring({ ...parts, signer: signer.client, hasAuthority: false }),
    compare: new CompareWithSigner(needs),
    witnesses: new AskWitnesses({
      ...needs,
      app: running.parts.database,
      policy: parsePolicy(sha256, witnessPolicy),
      witnesses: allWitnesses.map(({ url, vkey: key }, i) => ({
        ...{ name: `w${i + 1}`, vkey: key },
        client: new WitnessClient({ url, key: parseVerifierKey(sha256, key) }),
      })),
    }),
    vault: new VaultLog(needs),
    watch: newWatch(),
    newWatch,
    watchMemoryPath: memoryPath,
    restartSigner: async () => {
      await signerChild.kill();
      signerChild = (await startSigner(signerDir)).child;
    },
    settle: async () => {
      while ((await sequencer.step()) !== 0);
      if ((await publish.run()) === null) throw new Error(`the log of ${origin} could not be signed`);
    },
    stop: async () => {
      await sequencer.stop();
      await logDatabase.close();
      await Promise.all([signerChild.kill(), ...allWitnesses.map(({ child }) => child.kill())]);
      await running.stop();
    },
  };
  const keep = (pace: Partial<LogPace> = {}, { stamp = null, log = SILENT }: KeepOptions = {}): LogKeeper => {
    const hasAuthority = stamp !== null;
    const anchoring = new RecordAnchoring({ ...parts, signer: signer.client, hasAuthority });
    const steps = { ...made, watch: newWatch(), anchoring, stamp, log };
    const keeper = new LogKeeper(steps, { ...LOG_PACE, ...pace });
    keeper.start();
    return keeper;
  };
  return { ...made, keep };
}

/** C2SP tlog-policy of these witnesses. */
function witnessPolicyOf(witnesses: readonly RunningWitness[], needed: number): string {
  const names = witnesses.map((_, i) => `w${i + 1}`);
  return [
    ...witnesses.map(({ vkey, url }, i) => `witness ${names[i]} ${vkey} ${url}`),
    ...(needed === 0 ? ['quorum none'] : [`group witnesses ${needed} ${names.join(' ')}`, 'quorum witnesses']),
    '',
  ].join('\n');
}
