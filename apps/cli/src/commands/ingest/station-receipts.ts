import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LedgerKeys, ledgerKeysSchema, receiptSchema } from '#contract';
import { checkReceiptSignature, differencesFrom, findInLog, type MeasuredFile, readReceipt, verdictOn } from '#dossier';
import { nodeAlgorithms } from '#signing';
import type { ApiClient } from '../../client/api-client.js';
import { askingBy } from '../../client/ask-log.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { readKey } from '../check/verdicts.js';

/** What the archive has answered for a file so far. */
export type ReceiptStanding =
  | { readonly kind: 'sealed' }
  /** Not sealed, not signed or not in the log yet: ask again. */
  | { readonly kind: 'waiting' }
  /** It is no receipt of these bytes by this archive: nothing may rest on it. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * The receipts of a station: each is checked against what was read from the source, by the key of the archive that was
 * given, or that the archive showed when it was first met, and kept as a small file.
 */
export class StationReceipts {
  readonly #client: ApiClient;
  readonly #dir: string;
  readonly #keys: LedgerKeys;

  private constructor(client: ApiClient, dir: string, keys: LedgerKeys) {
    this.#client = client;
    this.#dir = dir;
    this.#keys = keys;
  }

  /**
   * @param given the key of receipts from elsewhere; null: the one kept from the first time, or shown now
   * @param onFirst told when a key is taken on the archive's own word
   * @throws CommandFailure when the archive shows another key than the one given or kept
   */
  static async open(
    client: ApiClient,
    stateDir: string,
    { given, onFirst }: { readonly given: string | null; readonly onFirst: (keys: LedgerKeys) => void },
  ): Promise<StationReceipts> {
    const shown = await client.get('/ledger/keys', ledgerKeysSchema);
    const file = join(stateDir, 'keys.json');
    const kept = await readKeys(file);
    if (given !== null && given !== shown.receiptVkey) throw otherKey(given, shown.receiptVkey);
    if (kept !== null && (kept.receiptVkey !== shown.receiptVkey || kept.vkey !== shown.vkey))
      throw otherKey(kept.receiptVkey, shown.receiptVkey);
    if (kept === null) {
      if (given === null) onFirst(shown);
      await writeWhole(file, `${JSON.stringify(shown)}\n`);
    }
    const dir = join(stateDir, 'receipts');
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new StationReceipts(client, dir, shown);
  }

  /** Asks for the receipt, checks it, and keeps it once it says that the original was read back and sealed. */
  async check(assetId: string, measured: MeasuredFile): Promise<ReceiptStanding> {
    const { note } = await this.#client.get(`/assets/${assetId}/receipt`, receiptSchema);
    if (note === null) return { kind: 'waiting' };
    const held = readReceipt(note);
    if (held.receipt.assetId !== assetId) return { kind: 'refused', why: '回执是另一份材料的 of another asset' };
    const differences = differencesFrom(held, measured);
    const key = readKey(this.#keys.receiptVkey);
    const signature = await checkReceiptSignature(nodeAlgorithms.verify, held, key);
    if (differences.length > 0) return { kind: 'refused', why: `与源文件不符 differs: ${differences.join(', ')}` };
    if (signature !== 'good') return { kind: 'refused', why: `签名不符 signature: ${signature}` };
    if (held.receipt.sealed === null) return { kind: 'waiting' };
    const ask = askingBy(this.#client);
    const places = await findInLog(nodeAlgorithms, held, {
      ...{ logKey: readKey(this.#keys.vkey), ask, now: new Date() },
    });
    const verdict = verdictOn({ differences, signature, places });
    if (verdict === 'bad') return { kind: 'refused', why: '日志中没有所承诺的事件 promised, and not in the log' };
    if (verdict !== 'good') return { kind: 'waiting' };
    await writeWhole(join(this.#dir, `${assetId}.receipt`), note);
    return { kind: 'sealed' };
  }
}

async function readKeys(file: string): Promise<LedgerKeys | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : ledgerKeysSchema.parse(JSON.parse(text));
}

/** Whole or not at all, also when the power fails. */
async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.part`;
  await writeFile(aside, text, { mode: 0o600, flush: true });
  await rename(aside, path);
  const folder = await open(join(path, '..'));
  await folder.sync().finally(() => folder.close());
}

function otherKey(known: string, shown: string): CommandFailure {
  return new CommandFailure(EXIT.notAsItShouldBe, {
    zh: `服务出示的回执公钥与已知的不同，已停止，未清除任何文件。已知 ${known}；出示 ${shown}。请向管理员核实`,
    en: `The archive shows another key of receipts than the one known: stopped, nothing was cleared. Known ${known}; shown ${shown}. Ask the administrator`,
  });
}
