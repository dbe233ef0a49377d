import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, loadConfig } from '#config';
import { exportSchema } from '#contract';
import { type DossierReport, policyOf, VERDICT_TEXT } from '#dossier';
import { sha256 } from '#signing';
import type { ApiClient } from '../../client/api-client.js';
import type { Terminal } from '../../terminal/terminal.js';
import { printable } from '../check/check-outcome.js';
import { checkDossier } from '../check/verify.command.js';
import { fetchTo, untilReady } from '../export.command.js';

export interface DossierWish {
  readonly officer: ApiClient;
  readonly caseId: string;
  readonly dataDir: string;
  /** Key of the log, as a person would have it from elsewhere. */
  readonly vkey: string;
  /** Of the archive as it runs, its time-stamp authority included. */
  readonly env: Environment;
  readonly isDemoAuthority: boolean;
  readonly terminal: Terminal;
}

/**
 * Gives the sample case out, as an officer would, and checks the dossier as whoever receives it would: with the key and
 * the root given from outside.
 * @returns lines for people, and what is not as it should be
 */
export async function giveOut(wish: DossierWish): Promise<{ lines: string[]; problem: string | null }> {
  const path = join(wish.dataDir, 'demo-dossier.zip');
  if (!existsSync(path)) await fetchDossier(wish, path);
  const { authority } = loadConfig(wish.env, 'cli').ledger;
  const timestampRoots = authority === null ? [] : [await readFile(authority.rootsFile)];
  const trust = policyOf(sha256, { logs: [wish.vkey], witnesses: [] });
  const outcome = await checkDossier(path, { trust, timestampRoots });
  if ('code' in outcome)
    return { lines: [], problem: `案卷打不开 the dossier cannot be opened: ${printable(outcome.message)}` };
  const { verdict } = outcome;
  const isGood = verdict === 'PASS' || (verdict === 'NOT CHECKED' && authority === null);
  const roots = authority === null ? [] : [`--tsa-ca '${authority.rootsFile}'`];
  const lines = [
    `案卷 Dossier: ${path}`,
    `  核验 checked: ${VERDICT_TEXT[verdict].zh} ${verdict}`,
    ...stampLines(outcome, wish.isDemoAuthority),
    '  自行核验（可在任何机器上，无需联网）To check it yourself, anywhere, without a network:',
    `    ${['npm run -s liuhen -- verify', `'${path}'`, `--log '${wish.vkey}'`, ...roots].join(' ')}`,
  ];
  return { lines, problem: isGood ? null : `案卷未通过核验 the dossier does not verify: ${verdict}` };
}

async function fetchDossier({ officer, caseId, terminal }: DossierWish, path: string): Promise<void> {
  terminal.say('· 导出案卷 Giving the case out as a dossier');
  const asked = await officer.send('POST', `/cases/${caseId}/exports`, exportSchema, { reason: '演示导出' });
  await fetchTo(officer, terminal, await untilReady(officer, terminal, asked), { target: path, isZip: true });
}

function stampLines({ stamped }: DossierReport, isDemoAuthority: boolean): string[] {
  const lines = stamped.map(({ at, authority }) => `  时间戳 time-stamp: ${at} ${printable(authority)}`);
  if (stamped.length === 0) return ['  没有时间戳：时间仅凭日志自述 no time-stamp: time rests on the word of the log'];
  if (!isDemoAuthority) return lines;
  return [
    ...lines,
    '    演示自带的时间戳机构就在本机，密钥在数据目录中，不能证明任何时间',
    '    The demo runs this authority on this machine, with its keys in the data folder: it proves no time at all',
  ];
}
