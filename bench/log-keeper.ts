// What the worker does for the log and nothing else of what it does, so that its cost can be seen: sequencer, signing,
// publishing, watching. A process of its own, with the environment of the archive, until SIGTERM.
import { openArchive, openLogKeeper } from '#archive';
import { archiveOptions, loadConfig } from '#config';

const QUIET = {
  debug: () => undefined,
  info: () => undefined,
  warn: console.warn,
  error: console.error,
  child: () => QUIET,
};
const config = loadConfig(process.env, 'worker');
const databaseUrl = config.database.url?.reveal() ?? '';
const opened = await openArchive({
  ...archiveOptions(config, databaseUrl),
  ...{ applicationName: 'liuhen-bench-log', digestThreads: 1, log: QUIET },
});
const { signer } = opened.parts;
if (signer === null) throw new Error('no signer is set');
const { ledger } = config;
const logKeeper = await openLogKeeper(
  { ...opened.parts, signer },
  {
    sequencerUrl: ledger.sequencerUrl?.reveal() ?? databaseUrl,
    verifierUrl: ledger.verifierUrl?.reveal() ?? databaseUrl,
    ...{ watchDir: ledger.watchDir, policyText: null, authority: null },
  },
);
logKeeper.keeper.start();
process.once('SIGTERM', () => {
  void logKeeper
    .close()
    .then(() => opened.close())
    .then(() => process.exit(0));
});
