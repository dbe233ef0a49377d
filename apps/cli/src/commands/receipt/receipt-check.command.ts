import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type LedgerKeys, ledgerKeysSchema } from '#contract';
import { isArchiveError } from '#domain';
import {
  checkReceiptSignature,
  differencesFrom,
  type EventPlace,
  findInLog,
  type HeldReceipt,
  isDossierError,
  readReceipt,
  verdictOn,
} from '#dossier';
import { nodeAlgorithms } from '#signing';
import { isTlogError, type VerifierKey } from '#tlog';
import type { ApiClient } from '../../client/api-client.js';
import { askingBy } from '../../client/ask-log.js';
import { callerFolder, clientFor, SIGN_IN_OPTIONS } from '../../client/sign-in.js';
import { CommandFailure } from '../../failure.js';
import { sizeText } from '../../terminal/quantities.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { OUTCOME, readable } from '../check/check-outcome.js';
import { readKey } from '../check/verdicts.js';
import { measureFile } from './measure-file.js';
import { fileLine, placeLine, signatureLine } from './receipt-words.js';

const KEY = { type: 'string', value: 'VKEY' } as const;

export const receiptCheckCommand = verb({
  name: 'receipt check',
  zh: '核对文件与回执：文件、签名，以及所承诺的事件是否在存证日志中',
  en: 'Checks a file against its receipt: the file, the signature, and whether the log has what was promised',
  operands: 'FILE',
  options: {
    against: { type: 'string', value: 'RECEIPT', zh: '回执文件（必填）', en: 'File with the receipt (needed)' },
    url: SIGN_IN_OPTIONS.url,
    receipts: { ...KEY, zh: '另行保存的回执公钥', en: 'Key of receipts, kept from elsewhere' },
    log: { ...KEY, zh: '另行保存的日志公钥', en: 'Key of the log, kept from elsewhere' },
    offline: { type: 'boolean', zh: '不询问日志（最多得到 2）', en: 'Do not ask the log (2 at best)' },
  },
  run: async ({ options, positionals, env, terminal }) => {
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0 || options.against === undefined) {
      throw usage('请给出一个文件和 --against', 'Give one file, and --against');
    }
    const pinned = { receipts: keyFrom('receipts', options.receipts), log: keyFrom('log', options.log) };
    const at = (name: string): string => resolve(callerFolder(env), name);
    const held = await receiptIn(terminal, at(options.against));
    if (held === null) return OUTCOME.bad;
    const measured = await readable(file, () => measureFile(at(file)));
    terminal.say(`${file}  ${sizeText(measured.sizeBytes)}`, measured.sha256, `block_root ${measured.blockRoot}`);
    const client = options.offline === true ? null : await clientFor(env, options.url);
    const differences = differencesFrom(held, measured);
    terminal.say(fileLine(differences));
    return await new Check(terminal, held, client).run(pinned, differences);
  },
});

interface Pinned {
  readonly receipts: VerifierKey | null;
  readonly log: VerifierKey | null;
}

/** Signature and log, each said as it is found. */
class Check {
  readonly #terminal: Terminal;
  readonly #held: HeldReceipt;
  readonly #client: ApiClient | null;

  constructor(terminal: Terminal, held: HeldReceipt, client: ApiClient | null) {
    this.#terminal = terminal;
    this.#held = held;
    this.#client = client;
  }

  async run(pinned: Pinned, differences: Parameters<typeof verdictOn>[0]['differences']): Promise<number> {
    const isPinned = pinned.receipts !== null && pinned.log !== null;
    const own = isPinned ? null : await this.#ownKeys();
    const receiptKey = pinned.receipts ?? (own && readKey(own.receiptVkey));
    const logKey = pinned.log ?? (own && readKey(own.vkey));
    const signature = await checkReceiptSignature(nodeAlgorithms.verify, this.#held, receiptKey);
    this.#terminal.say(signatureLine(signature));
    const isForeign = signature === 'wrong' || signature === 'other-key';
    const places = isForeign || logKey === null ? [] : await this.#places(logKey);
    this.#terminal.say(...(places.length > 0 ? places.map(placeLine) : ['日志 log: 未询问 not asked']));
    const verdict = verdictOn({ differences, signature, places });
    if (verdict === 'bad') return this.#end(OUTCOME.bad, '不可信 bad');
    if (verdict !== 'good') return this.#end(OUTCOME.notChecked, '未能全部核验 not fully checked');
    if (isPinned) return this.#end(OUTCOME.good, '一致 good');
    const words = '自相一致 self-consistent only：公钥取自档案系统自己，请用另行保存的公钥再核（--receipts、--log）';
    return this.#end(OUTCOME.notChecked, `${words} the keys are the archive’s own word; pin them`);
  }

  #end(exitCode: number, words: string): number {
    this.#terminal.say(`结论 verdict: ${words}`);
    return exitCode;
  }

  async #ownKeys(): Promise<LedgerKeys | null> {
    return await this.#orUnasked(null, (client) => client.get('/ledger/keys', ledgerKeysSchema));
  }

  async #places(logKey: VerifierKey): Promise<EventPlace[]> {
    return await this.#orUnasked([], (client) =>
      findInLog(nodeAlgorithms, this.#held, { logKey, ask: askingBy(client), now: new Date() }),
    );
  }

  /** An archive that is away says nothing about the receipt. */
  async #orUnasked<T>(unasked: T, ask: (client: ApiClient) => Promise<T>): Promise<T> {
    if (this.#client === null) return unasked;
    try {
      return await ask(this.#client);
    } catch (error) {
      if (!(error instanceof CommandFailure) && !isArchiveError(error)) throw error;
      const words = error instanceof CommandFailure ? `${error.words.zh} ${error.words.en}` : error.message;
      this.#terminal.note(`日志未能询问 The log could not be asked: ${words}`);
      return unasked;
    }
  }
}

async function receiptIn(terminal: Terminal, path: string): Promise<HeldReceipt | null> {
  const text = await readable(path, () => readFile(path, 'utf8'));
  try {
    return readReceipt(text);
  } catch (error) {
    if (!isDossierError(error, 'receipt-malformed')) throw error;
    terminal.say(`回执 receipt: 不是回执，或已损坏 no receipt, or damaged: ${error.message}`);
    return null;
  }
}

function keyFrom(option: string, vkey: string | undefined): VerifierKey | null {
  if (vkey === undefined) return null;
  try {
    return readKey(vkey);
  } catch (error) {
    if (!isTlogError(error)) throw error;
    throw usage(`--${option} 不可用：${error.message}`, `--${option}: ${error.message}`);
  }
}

function usage(zh: string, en: string): CommandFailure {
  return new CommandFailure(OUTCOME.notChecked, { zh, en });
}
