import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type NameRule, parseNameRule } from '#domain';
import { isTlogError } from '#tlog';
import { claimFolder } from '../../claim-folder.js';
import type { ApiClient } from '../../client/api-client.js';
import { callerFolder, SIGN_IN_OPTIONS, signedInClient } from '../../client/sign-in.js';
import { UploadMemory } from '../../client/upload-memory.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { readKey } from '../check/verdicts.js';
import { NAME_RULES_DIR } from '../operate/archive-files.js';
import { untilSignal } from '../operate/until-signal.js';
import { Journal } from './journal.js';
import { Station, type StationPlan, type Work } from './station.js';
import { StationBoard } from './station-board.js';
import { StationReceipts } from './station-receipts.js';

export const ingestCommand = verb({
  name: 'ingest',
  zh: '采集站：把文件夹里的材料全部上传、核对回执，按需清除源文件；断电后再运行即续传',
  en: 'For docks: takes in what lies in folders, checks receipts, clears sources if told to; goes on after a power cut',
  operands: 'FOLDER…',
  options: {
    once: { type: 'boolean', zh: '收完现有文件即结束（默认）', en: 'End when all that is there is in (the default)' },
    watch: { type: 'boolean', zh: '一直运行，随到随收', en: 'Go on, and take in what comes' },
    clear: {
      type: 'boolean',
      zh: '回执已封存、签名与日志均核对无误后，删除源文件',
      en: 'Remove a source once its receipt is sealed, signed and in the log',
    },
    'at-once': { type: 'string', value: 'N', zh: '同时上传几个文件（默认 3）', en: 'Files sent at the same time (3)' },
    settle: {
      type: 'string',
      value: 'SECONDS',
      zh: '文件多少秒不变才算写完（默认 10）',
      en: 'Seconds a file must lie unchanged to be whole (10)',
    },
    important: {
      type: 'list',
      value: 'WORD',
      zh: '文件或文件夹名中含此词的先传（可多次；重点、IMP 等已在内）',
      en: 'Files and folders named so go first (again for more; the usual marks are known)',
    },
    receipts: {
      type: 'string',
      value: 'VKEY',
      zh: '另行取得的回执公钥；不给则首次连接时记下服务所示的',
      en: 'Key of receipts from elsewhere; else the one shown at the first time is kept',
    },
    state: {
      type: 'string',
      value: 'DIR',
      zh: '存放进度与回执的目录；默认 ~/.local/state/liuhen/ingest',
      en: 'Folder for the journal and the receipts; else ~/.local/state/liuhen/ingest',
    },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    if (positionals.length === 0) throw usage('请给出要收取的文件夹', 'Name the folders to take in');
    if (options.once === true && options.watch === true)
      throw usage('--once 与 --watch 只能用一个', 'Give --once or --watch, not both');
    const at = (name: string): string => resolve(callerFolder(env), name);
    const folders = positionals.map(at);
    for (const folder of folders) await requireFolder(folder);
    const plan = {
      ...{ folders, isToClear: options.clear === true, keyWords: options.important ?? [], rules: await nameRules() },
      atOnce: numberOf('at-once', options['at-once'] ?? '3', [1, 16]),
      settleMs: numberOf('settle', options.settle ?? '10', [0, 3_600]) * 1_000,
    };
    const stateDir = at(options.state ?? join(homedir(), '.local', 'state', 'liuhen', 'ingest'));
    const claim = await claimFolder(stateDir, 'ingest');
    if (claim === null) throw busy(stateDir);
    try {
      const client = await signedInClient(env, terminal, options);
      const receipts = await StationReceipts.open(client, stateDir, {
        given: keyOf(options.receipts),
        onFirst: ({ receiptVkey }) =>
          terminal.note(
            `首次连接：记下回执公钥，请与管理员核对。First time: this key of receipts is kept; compare it with the administrator’s.\n  ${receiptVkey}`,
          ),
      });
      return await takeIn({ plan, stateDir, terminal, client, receipts, isOnce: options.watch !== true });
    } finally {
      await claim.release();
    }
  },
});

async function takeIn(parts: {
  readonly plan: StationPlan;
  readonly stateDir: string;
  readonly terminal: Terminal;
  readonly client: ApiClient;
  readonly receipts: StationReceipts;
  readonly isOnce: boolean;
}): Promise<number> {
  const { plan, stateDir, terminal, client, receipts, isOnce } = parts;
  const journal = await Journal.open(join(stateDir, 'journal.jsonl'));
  const memory = new UploadMemory(join(stateDir, 'uploads.json'));
  const stop = new AbortController();
  void untilSignal().then(() => stop.abort());
  const board: StationBoard = new StationBoard(terminal, () => station.works);
  const told = new Set<string>();
  const station: Station = new Station(plan, {
    ...{ client, journal, receipts, memory, onChange: (work: Work) => board.tell(work) },
    onTrouble: (path, error) => {
      if (told.has(path)) return;
      told.add(path);
      terminal.note(`无法读取，其余照常 Cannot be read, the rest goes on: ${path}: ${error.message}`);
    },
  });
  board.start();
  try {
    await station.run(stop.signal, isOnce);
  } finally {
    board.finish();
    await journal.close();
  }
  if (stop.signal.aborted) return EXIT.interrupted;
  return outcomeOf(station.works, told.size);
}

/** 1 where the archive answered what it must not; 6 where the same again later may do. */
function outcomeOf(works: readonly Work[], unreadable: number): number {
  if (works.some(({ state }) => state === 'refused')) return EXIT.notAsItShouldBe;
  const isWhole = works.every(({ state }) => state === 'sealed' || state === 'cleared');
  return isWhole && unreadable === 0 ? EXIT.ok : EXIT.tryLater;
}

async function nameRules(): Promise<NameRule[]> {
  const names = (await readdir(NAME_RULES_DIR)).filter((name) => name.endsWith('.json')).sort();
  return await Promise.all(
    names.map(async (name) => parseNameRule(JSON.parse(await readFile(join(NAME_RULES_DIR, name), 'utf8')))),
  );
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() !== true) throw usage(`不是文件夹：${path}`, `Not a folder: ${path}`);
}

function numberOf(option: string, text: string, [from, to]: readonly [number, number]): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < from || value > to)
    throw usage(`--${option} 须为 ${from} 至 ${to} 的整数`, `--${option} is a whole number from ${from} to ${to}`);
  return value;
}

function keyOf(vkey: string | undefined): string | null {
  if (vkey === undefined) return null;
  try {
    readKey(vkey);
    return vkey;
  } catch (error) {
    if (!isTlogError(error)) throw error;
    throw usage(`--receipts 不可用：${error.message}`, `--receipts: ${error.message}`);
  }
}

function busy(stateDir: string): CommandFailure {
  return new CommandFailure(EXIT.conflict, {
    zh: `另一个 ingest 正在使用 ${stateDir}；请先停止它，或用 --state 另选目录`,
    en: `Another ingest works with ${stateDir}; stop that one, or choose another with --state`,
  });
}

function usage(zh: string, en: string): CommandFailure {
  return new CommandFailure(EXIT.usage, { zh, en });
}
