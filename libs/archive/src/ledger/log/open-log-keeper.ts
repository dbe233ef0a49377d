import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '#persistence';
import { WitnessClient } from '#signing';
import { formatVerifierKey, type Policy, parsePolicy } from '#tlog';
import type { ArchiveParts } from '../../archive.js';
import { sha256 } from '../canonical.js';
import { RecordAnchoring } from './anchoring.js';
import { type AskedWitness, AskWitnesses } from './ask-witnesses.js';
import { CompareWithSigner } from './freeze-ledger.js';
import { LOG_PACE, LogKeeper, type LogPace } from './log-keeper.js';
import { PublishLog } from './publish-log.js';
import { SEQUENCER_IDLE_MS, SEQUENCER_TIMES, Sequencer, type SequencerTimes } from './sequencer.js';
import { StampLog, type TimeAuthority } from './stamp-log.js';
import { VaultLog } from './vault-log.js';
import { WatchLedger } from './watch-ledger.js';

export interface LogKeeperOptions {
  /** Of the login that may grow the log. */
  readonly sequencerUrl: string;
  /** Of the login that may only read it. */
  readonly verifierUrl: string;
  readonly authority: TimeAuthority | null;
  /** Folder for what the watch remembers. */
  readonly watchDir: string;
  readonly pace?: LogPace;
  readonly times?: SequencerTimes;
}

export interface OpenedLogKeeper {
  readonly keeper: LogKeeper;
  close(): Promise<void>;
}

type Parts = Pick<ArchiveParts, 'database' | 'store' | 'clock' | 'settings' | 'log'> & {
  readonly signer: NonNullable<ArchiveParts['signer']>;
};

/** @throws ArchiveError `database-unavailable`; TlogError `malformed-policy`, `unsupported-key` */
export async function openLogKeeper(parts: Parts, options: LogKeeperOptions): Promise<OpenedLogKeeper> {
  const policy = parsePolicy(sha256, parts.settings.witnessPolicy ?? 'quorum none\n');
  await mkdir(options.watchDir, { recursive: true, mode: 0o700 });
  const own = await Database.connect({
    url: options.sequencerUrl,
    poolSize: 4,
    applicationName: 'liuhen-sequencer',
    idleTransactionMs: SEQUENCER_IDLE_MS,
  });
  const readOnly = await Database.connect({
    url: options.verifierUrl,
    poolSize: 2,
    applicationName: 'liuhen-verifier',
  });
  const needs = { ...parts, database: own };
  const memoryPath = join(options.watchDir, 'verified.json');
  const keeper = new LogKeeper(
    {
      sequencer: new Sequencer(needs, options.times ?? SEQUENCER_TIMES),
      compare: new CompareWithSigner(needs),
      publish: new PublishLog(needs),
      witnesses: new AskWitnesses({ ...needs, app: parts.database, policy, witnesses: witnessesOf(policy) }),
      vault: new VaultLog(needs),
      watch: new WatchLedger({ ...parts, database: readOnly, app: parts.database, memoryPath }),
      stamp: options.authority === null ? null : new StampLog({ ...parts, authority: options.authority }),
      anchoring: new RecordAnchoring({ ...parts, hasAuthority: options.authority !== null }),
      log: parts.log,
    },
    options.pace ?? LOG_PACE,
  );
  return {
    keeper,
    close: async () => {
      await keeper.stop();
      await Promise.all([own.close(), readOnly.close()]);
    },
  };
}

/** Those of the policy that say where they are reached. */
function witnessesOf({ witnesses }: Policy): AskedWitness[] {
  return witnesses.flatMap(({ name, key, url }) =>
    url === null ? [] : [{ name, vkey: formatVerifierKey(key), client: new WitnessClient({ url, key }) }],
  );
}
