import { rename, stat } from 'node:fs/promises';
import { type Environment, loadConfig } from '#config';
import { ApiClient } from '../../client/api-client.js';
import { signIn } from '../../client/sign-in.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { sampleDayBefore } from '../../footage/sample.js';
import { tableLines } from '../../terminal/table.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { ArchiveServer } from '../operate/archive-server.js';
import { checkArchive, sayReport } from '../operate/check.command.js';
import { isClaimed } from '../operate/data-folder.js';
import { untilSignal } from '../operate/until-signal.js';
import { SERVER_OPTIONS, serverEnvironment } from '../operate/up.command.js';
import { type DemoAuthority, startDemoAuthority } from './authority/demo-authority.js';
import { describeReplay, settleCase } from './demo-case.js';
import { giveOut } from './demo-dossier.js';
import { tellTheDay } from './demo-law.js';
import { proveInLedger } from './demo-ledger.js';
import { handInMaterial } from './demo-material.js';
import { DEMO_AGENCY, type DemoLogin, OFFICER, SUPERVISOR, settlePeople } from './demo-people.js';
import { DemoSecrets } from './demo-secrets.js';

const DEFAULT_MINUTES = 20;

export const demoCommand = verb({
  name: 'demo',
  zh: '启动并演示：建样例案件，制作并上传样例材料，核验，保持运行',
  en: 'Starts the archive with a sample case: makes footage, uploads it, checks everything, stays up',
  options: {
    ...SERVER_OPTIONS,
    exit: {
      type: 'boolean',
      zh: '演示完即停止；一切正常时退出码为 0',
      en: 'Stop when done; exit status 0 if all is well',
    },
    fresh: {
      type: 'boolean',
      zh: '从头开始：现有数据目录改名保留，不删除',
      en: 'Begin anew: the data folder is set aside under another name, not deleted',
    },
    minutes: {
      type: 'string',
      value: 'N',
      zh: `最多等待封存与转码的分钟数（默认 ${DEFAULT_MINUTES}）`,
      en: `Minutes to wait for sealing and conversion at most (${DEFAULT_MINUTES} unless given)`,
    },
  },
  run: async ({ options, env, terminal }) => {
    const givenEnv = serverEnvironment(env, options);
    const minutes = minutesOf(options.minutes);
    if (options.fresh === true) await setAside(givenEnv, terminal);
    const signal = untilSignal();
    const authority = await startAuthority(givenEnv, terminal);
    const serverEnv = authority?.env ?? givenEnv;
    try {
      return await withServer(serverEnv, terminal, async (server) => {
        const show = present(server, { env: serverEnv, isDemoAuthority: authority !== null, terminal, minutes });
        const isFine = await Promise.race([show, signal.then(() => null)]);
        if (isFine === null) return EXIT.interrupted;
        if (options.exit !== true) await stayUp(terminal, signal);
        return isFine ? EXIT.ok : EXIT.notAsItShouldBe;
      });
    } finally {
      await authority?.stop();
    }
  },
});

async function withServer(
  env: Environment,
  terminal: Terminal,
  work: (server: ArchiveServer) => Promise<number>,
): Promise<number> {
  const onStep = (text: string): void => terminal.say(`· ${text}`);
  const server = await ArchiveServer.start({ env, agency: DEMO_AGENCY, onStep });
  try {
    return await work(server);
  } finally {
    terminal.note('· 正在停止 Stopping');
    await server.stop();
  }
}

/** Without openssl the demo goes on, and shows no time-stamps. */
async function startAuthority(env: Environment, terminal: Terminal): Promise<DemoAuthority | null> {
  try {
    return await startDemoAuthority(env);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    terminal.say('· 未找到 openssl，演示不加盖时间戳 No openssl here: the demo goes on without time-stamps');
    return null;
  }
}

interface Presentation {
  readonly env: Environment;
  readonly isDemoAuthority: boolean;
  readonly terminal: Terminal;
  readonly minutes: number;
}

/** The demonstration itself. @returns whether all is as it should be */
async function present(
  server: ArchiveServer,
  { env, isDemoAuthority, terminal, minutes }: Presentation,
): Promise<boolean> {
  const { dataDir } = server;
  const secrets = await DemoSecrets.read(dataDir);
  if (server.firstAdministrator !== null) {
    await secrets.keepOneTimePassword(server.firstAdministrator.oneTimePassword);
  }
  const client = new ApiClient(server.address);
  terminal.say('· 建立演示单位与账户 Making the demo accounts');
  const logins = await settlePeople(client, secrets);
  const { client: officer } = await signIn(client, OFFICER, secrets.passwordOf(OFFICER) ?? '');
  const day = await secrets.settleDay(sampleDayBefore(new Date()));
  const found = await settleCase(officer, day);
  terminal.say(`· 样例案件 Sample case: ${found.number} ${found.title}（${found.procedure.title.zh}）`, '');
  const problems = await handInMaterial({
    ...{ officer, found, day, terminal, dataDir },
    timeoutMs: minutes * 60_000,
  });
  await tellTheDay(officer, found, day);
  terminal.say('', '回放 Replay:', ...(await describeReplay(officer, found.id)), '');
  const isSound = sayReport(terminal, await checkServer(server, env, terminal));
  const { client: supervisor } = await signIn(client, SUPERVISOR, secrets.passwordOf(SUPERVISOR) ?? '');
  const proved = await proveInLedger({ supervisor, officer }, found.id);
  terminal.say(...proved.lines);
  if (proved.problem !== null) problems.push(proved.problem);
  if (proved.vkey !== null) {
    const { vkey } = proved;
    const given = await giveOut({ officer, caseId: found.id, dataDir, vkey, env, isDemoAuthority, terminal });
    terminal.say(...given.lines);
    if (given.problem !== null) problems.push(given.problem);
  }
  for (const problem of problems) terminal.say(`✗ ${problem}`);
  sayLogins(terminal, server, { logins, caseId: found.id });
  return isSound && problems.length === 0;
}

async function checkServer(server: ArchiveServer, env: Environment, terminal: Terminal) {
  const config = loadConfig({ ...env, LIUHEN_DATA: server.dataDir }, 'cli');
  return await checkArchive(config, server.databaseAddresses.appUrl, terminal);
}

function sayLogins(
  terminal: Terminal,
  server: ArchiveServer,
  { logins, caseId }: { logins: readonly DemoLogin[]; caseId: string },
): void {
  const columns = ['演示账户 demo account', '登录名 login', '密码 password'].map((title) => ({ title }));
  terminal.say(
    '',
    ...tableLines(
      columns,
      logins.map(({ name, login, password }) => [name, login, password]),
    ),
    '',
    `地址 Address:  ${server.address}`,
    `案件 Case:     ${server.address}/cases/${caseId}`,
    `数据 Data:     ${server.dataDir}（日志 logs: ${server.logDir}）`,
  );
}

async function stayUp(terminal: Terminal, signal: Promise<unknown>): Promise<void> {
  terminal.say('', '演示仍在运行，按 Ctrl-C 停止 Still up; Ctrl-C stops it');
  await signal;
}

/** Nothing is deleted: even a demo's originals were received. */
async function setAside(env: Environment, terminal: Terminal): Promise<void> {
  const { dir } = loadConfig(env, 'cli').data;
  if ((await stat(dir).catch(() => null)) === null) return;
  if (await isClaimed(dir)) {
    throw new CommandFailure(EXIT.conflict, { zh: `数据目录 ${dir} 正在使用`, en: `The data folder ${dir} is in use` });
  }
  const aside = `${dir}-${new Date().toISOString().replace(/[-:]/g, '').slice(0, 15)}`;
  await rename(dir, aside);
  terminal.say(`· 原数据目录改名为 The data folder is now ${aside}`);
}

function minutesOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MINUTES;
  const minutes = Number(text);
  if (!(minutes > 0)) throw new CommandFailure(EXIT.usage, { zh: '--minutes 须为正数', en: '--minutes: a number' });
  return minutes;
}
