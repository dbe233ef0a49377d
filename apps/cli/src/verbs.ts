import { ACCOUNT_COMMANDS } from './commands/account.command.js';
import { bagVerifyCommand } from './commands/check/bag-verify.command.js';
import { canonicalCommand } from './commands/check/canonical.command.js';
import { noteCommand } from './commands/check/note.command.js';
import { noteForkCommand } from './commands/check/note-fork.command.js';
import { timestampVerifyCommand } from './commands/check/timestamp-verify.command.js';
import { TLOG_COMMANDS } from './commands/check/tlog.command.js';
import { verifyCommand } from './commands/check/verify.command.js';
import { closeCommand } from './commands/close.command.js';
import { demoCommand } from './commands/demo/demo.command.js';
import { exportCommand } from './commands/export.command.js';
import { checkCommand } from './commands/operate/check.command.js';
import { LEDGER_COMMANDS } from './commands/operate/ledger.command.js';
import { migrateCommand } from './commands/operate/migrate.command.js';
import { upCommand } from './commands/operate/up.command.js';
import { receiptCheckCommand } from './commands/receipt/receipt-check.command.js';
import { receiptGetCommand } from './commands/receipt/receipt-get.command.js';
import { statusCommand } from './commands/status.command.js';
import { uploadCommand } from './commands/upload.command.js';
import type { Verb } from './verb.js';

/** Every verb, in the order `--help` lists them. */
export const VERBS: readonly Verb[] = [
  upCommand,
  demoCommand,
  statusCommand,
  checkCommand,
  uploadCommand,
  closeCommand,
  exportCommand,
  receiptGetCommand,
  receiptCheckCommand,
  ...ACCOUNT_COMMANDS,
  migrateCommand,
  verifyCommand,
  ...LEDGER_COMMANDS,
  bagVerifyCommand,
  timestampVerifyCommand,
  ...TLOG_COMMANDS,
  noteCommand,
  noteForkCommand,
  canonicalCommand,
];
