import { ACCOUNT_COMMANDS } from './commands/account.command.js';
import { bagVerifyCommand } from './commands/check/bag-verify.command.js';
import { canonicalCommand } from './commands/check/canonical.command.js';
import { noteCommand } from './commands/check/note.command.js';
import { noteForkCommand } from './commands/check/note-fork.command.js';
import { procedureCheckCommand } from './commands/check/procedure-check.command.js';
import { PROCEDURE_LIST_COMMANDS } from './commands/check/procedure-list.command.js';
import { timestampVerifyCommand } from './commands/check/timestamp-verify.command.js';
import { TLOG_COMMANDS } from './commands/check/tlog.command.js';
import { verifyCommand } from './commands/check/verify.command.js';
import { closeCommand } from './commands/close.command.js';
import { dueCommand } from './commands/due.command.js';
import { exportCommand } from './commands/export.command.js';
import { ingestCommand } from './commands/ingest/ingest.command.js';
import { receiptCheckCommand } from './commands/receipt/receipt-check.command.js';
import { receiptGetCommand } from './commands/receipt/receipt-get.command.js';
import { statusCommand } from './commands/status.command.js';
import { uploadCommand } from './commands/upload.command.js';
import type { Verb } from './verb.js';

/** Verbs that need the API at most, or nothing. */
const LIGHT_VERBS: readonly Verb[] = [
  statusCommand,
  uploadCommand,
  ingestCommand,
  dueCommand,
  closeCommand,
  exportCommand,
  receiptGetCommand,
  receiptCheckCommand,
  ...ACCOUNT_COMMANDS,
  verifyCommand,
  bagVerifyCommand,
  timestampVerifyCommand,
  ...TLOG_COMMANDS,
  noteCommand,
  noteForkCommand,
  canonicalCommand,
  procedureCheckCommand,
  ...PROCEDURE_LIST_COMMANDS,
];

/**
 * The verbs among which the one that is meant is found; all of them, in the order `--help` lists them, when it is not a
 * light one. The others carry the archive's own libs, which take over a second to load.
 */
export async function verbsFor(args: readonly string[]): Promise<readonly Verb[]> {
  const isLight = LIGHT_VERBS.some(({ name }) => name.split(' ').every((word, i) => args[i] === word));
  return isLight ? LIGHT_VERBS : [...(await operatingVerbs()), ...LIGHT_VERBS];
}

async function operatingVerbs(): Promise<readonly Verb[]> {
  const [{ upCommand }, { demoCommand }, { checkCommand }, { migrateCommand }, { LEDGER_COMMANDS }] = await Promise.all(
    [
      import('./commands/operate/up.command.js'),
      import('./commands/demo/demo.command.js'),
      import('./commands/operate/check.command.js'),
      import('./commands/operate/migrate.command.js'),
      import('./commands/operate/ledger.command.js'),
    ],
  );
  return [upCommand, demoCommand, checkCommand, migrateCommand, ...LEDGER_COMMANDS];
}
