import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DossierReport, type KeyFingerprints, policyOf, readFingerprints, verifyDossier } from '#dossier';
import { sha256, verifyEd25519 } from '#signing';
import { isTlogError, type Policy, parsePolicy } from '#tlog';
import { callerFolder } from '../../client/sign-in.js';
import { CommandFailure } from '../../failure.js';
import { sizeText } from '../../terminal/quantities.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { OUTCOME, readable } from './check-outcome.js';
import { type Refused, withPackage } from './package-files.js';
import { refusedLines, reportLines } from './report-lines.js';
import { ThreadedHashes } from './threaded-hashes.js';

const OPTIONS = {
  policy: {
    type: 'string',
    value: 'FILE',
    zh: '信任策略文件（C2SP tlog-policy：日志、见证方、法定数）；须从别处取得',
    en: 'Whom to believe (C2SP tlog-policy: log, witnesses, quorum); from elsewhere than the dossier',
  },
  log: { type: 'list', value: 'VKEY', zh: '日志公钥（可多次）', en: 'Key of the log (may be given more than once)' },
  witness: {
    type: 'list',
    value: 'VKEY',
    zh: '见证方公钥（可多次）',
    en: 'Key of a witness (may be given more than once)',
  },
  quorum: {
    type: 'string',
    value: 'N',
    zh: '须有几个见证方联署；默认全部',
    en: 'Witnesses that must have cosigned; all unless said',
  },
  fingerprint: {
    type: 'list',
    value: 'HEX',
    zh: '公钥的指纹（SHA-256，64 位十六进制数；可多次），代替 --log、--witness；须从别处取得',
    en: 'Fingerprint of a key (SHA-256, 64 hexadecimal digits) in place of --log and --witness; from elsewhere',
  },
  'tsa-ca': {
    type: 'list',
    value: 'FILE',
    zh: '时间戳机构根证书，PEM 或 DER（可多次）；须从别处取得',
    en: 'Roots of time-stamp authorities, PEM or DER; from elsewhere than the dossier',
  },
  json: { type: 'boolean', zh: '输出 JSON', en: 'Prints the report as JSON' },
} as const;

export const verifyCommand = verb({
  name: 'verify',
  zh: '核验一份案卷（文件夹或 zip）：是否完整、未被改动；无需联网，也无需本系统',
  en: 'Checks a dossier (folder or zip): whole and unaltered? Needs no network and no archive',
  operands: 'DOSSIER',
  options: OPTIONS,
  run: async ({ options, positionals, env, terminal }) => {
    const [given, more] = positionals;
    if (given === undefined || more !== undefined) throw usage('请给出一份案卷', 'Give one dossier');
    const fileNamed = (name: string): string => resolve(callerFolder(env), name);
    const read = (name: string): Promise<Buffer> => readable(name, () => readFile(fileNamed(name)));
    const trust = await trustOf(options, read);
    const timestampRoots = await Promise.all((options['tsa-ca'] ?? []).map(read));
    const progress = options.json === true ? null : new Progress(terminal);
    const onBytes = (bytes: number): void => progress?.show(bytes);
    const outcome = await checkDossier(fileNamed(given), { trust, timestampRoots, onBytes });
    progress?.end();
    return say(terminal, outcome, options.json === true);
  },
});

/** A dossier, folder or zip file, checked with keys and roots from outside it. */
export async function checkDossier(
  path: string,
  {
    trust,
    timestampRoots,
    onBytes,
  }: {
    readonly trust: Policy | KeyFingerprints | null;
    readonly timestampRoots: readonly Uint8Array[];
    readonly onBytes?: (bytes: number) => void;
  },
): Promise<DossierReport | Refused> {
  const threads = new ThreadedHashes();
  try {
    return await withPackage(path, (files) =>
      readable(path, () =>
        verifyDossier(files, {
          ...{ trust, timestampRoots, verifyEd25519, hashes: { sha256, hasherOf: threads.hasherOf } },
          atOnce: threads.atOnce,
          onProgress: ({ bytes }) => onBytes?.(bytes),
        }),
      ),
    );
  } finally {
    await threads.close();
  }
}

function say(terminal: Terminal, outcome: DossierReport | Refused, isJson: boolean): number {
  const isRefused = 'code' in outcome;
  if (isJson) terminal.say(JSON.stringify(isRefused ? { verdict: verdictOf(outcome), ...outcome } : outcome, null, 2));
  else terminal.say(...(isRefused ? refusedLines(outcome) : reportLines(outcome)));
  return { PASS: OUTCOME.good, FAIL: OUTCOME.bad, 'NOT CHECKED': OUTCOME.notChecked }[verdictOf(outcome)];
}

function verdictOf(outcome: DossierReport | Refused): DossierReport['verdict'] {
  if (!('code' in outcome)) return outcome.verdict;
  return outcome.isUnknown ? 'NOT CHECKED' : 'FAIL';
}

interface TrustWishes {
  readonly policy: string | undefined;
  readonly log: readonly string[] | undefined;
  readonly witness: readonly string[] | undefined;
  readonly quorum: string | undefined;
  readonly fingerprint: readonly string[] | undefined;
}

/** Null where nothing was given: then the dossier is self-consistent at best. */
async function trustOf(
  { policy, log, witness = [], quorum, fingerprint }: TrustWishes,
  read: (name: string) => Promise<Buffer>,
): Promise<Policy | KeyFingerprints | null> {
  const others = policy !== undefined || log !== undefined || witness.length > 0 || quorum !== undefined;
  if (fingerprint !== undefined) return others ? notBoth() : fingerprintsOf(fingerprint);
  if (policy !== undefined && (log !== undefined || witness.length > 0))
    throw usage('--policy 与 --log、--witness 只能用一种', 'Give --policy, or --log and --witness, not both');
  if (log === undefined && (witness.length > 0 || quorum !== undefined))
    throw usage('--witness 与 --quorum 需要 --log', '--witness and --quorum need --log');
  if (quorum !== undefined && !/^\d{1,3}$/.test(quorum)) throw usage('--quorum 须为数字', '--quorum is a number');
  try {
    if (policy !== undefined) return parsePolicy(sha256, await read(policy));
    if (log === undefined) return null;
    return policyOf(sha256, {
      logs: log,
      witnesses: witness,
      ...(quorum === undefined ? {} : { quorum: Number(quorum) }),
    });
  } catch (error) {
    if (!isTlogError(error)) throw error;
    const why = `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`;
    throw usage(`密钥或策略无法识别：${why}`, `The keys or the policy cannot be read: ${why}`);
  }
}

function notBoth(): never {
  throw usage(
    '--fingerprint 不能与 --policy、--log、--witness、--quorum 同用',
    'Give --fingerprint alone, without other keys',
  );
}

function fingerprintsOf(given: readonly string[]): KeyFingerprints {
  const named = readFingerprints(given.join(' '));
  if (named === null) throw usage('指纹须为 64 位十六进制数', 'A fingerprint is 64 hexadecimal digits');
  return named;
}

function usage(zh: string, en: string): CommandFailure {
  return new CommandFailure(OUTCOME.notChecked, { zh, en });
}

const EVERY_MS = 500;

class Progress {
  readonly #terminal: Terminal;
  #shownAt = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(bytes: number): void {
    const now = Date.now();
    if (!this.#terminal.isLive || now - this.#shownAt < EVERY_MS) return;
    this.#shownAt = now;
    this.#terminal.redraw([`核验中 checking … ${sizeText(bytes)}`]);
  }

  end(): void {
    if (this.#shownAt > 0) this.#terminal.redraw(['']);
    this.#terminal.settle();
  }
}
