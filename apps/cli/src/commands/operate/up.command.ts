import type { Environment } from '#config';
import { EXIT } from '../../exit-codes.js';
import type { Terminal } from '../../terminal/terminal.js';
import { type OptionTexts, verb } from '../../verb.js';
import { ArchiveServer } from './archive-server.js';
import { untilSignal } from './until-signal.js';

/** Options of every verb that runs an archive on this machine. */
export const SERVER_OPTIONS = {
  data: {
    type: 'string',
    value: 'DIR',
    zh: '数据目录（LIUHEN_DATA，默认 ./data）',
    en: 'Data folder (LIUHEN_DATA; ./data unless set)',
  },
  port: {
    type: 'string',
    value: 'PORT',
    zh: '端口（LIUHEN_PORT，默认 8080，被占用时取其后空闲的）',
    en: 'Port (LIUHEN_PORT; else 8080 or the next one free)',
  },
} as const satisfies OptionTexts;

const AGENCY = '本机关';

export const upCommand = verb({
  name: 'up',
  zh: '在本机启动档案系统：数据库、服务与任务进程；Ctrl-C 停止',
  en: 'Runs the archive on this machine: database, API and worker, until Ctrl-C',
  options: {
    ...SERVER_OPTIONS,
    agency: {
      type: 'string',
      value: 'NAME',
      zh: `首次启动时最上级单位的名称（默认“${AGENCY}”）`,
      en: 'Name of the topmost unit, at the first start',
    },
  },
  run: async ({ options, env, terminal }) => {
    const stop = untilSignal();
    const starting = ArchiveServer.start({
      env: serverEnvironment(env, options),
      agency: options.agency ?? AGENCY,
      onStep: (text) => terminal.note(`· ${text}`),
    });
    const server = await starting;
    sayWhereItIs(terminal, server);
    await stop;
    terminal.note('· 正在停止 Stopping');
    await server.stop();
    return EXIT.ok;
  },
});

/** Options count before the environment. */
export function serverEnvironment(
  env: Environment,
  options: { readonly data?: string | undefined; readonly port?: string | undefined },
): Environment {
  return {
    ...env,
    ...(options.data === undefined ? {} : { LIUHEN_DATA: options.data }),
    ...(options.port === undefined ? {} : { LIUHEN_PORT: options.port }),
  };
}

function sayWhereItIs(terminal: Terminal, server: ArchiveServer): void {
  terminal.say('', `留痕已启动 Liuhen is up:  ${server.address}`, `数据目录 Data folder:  ${server.dataDir}`);
  terminal.say(`日志 Logs:  ${server.logDir}`);
  const first = server.firstAdministrator;
  if (first !== null) {
    terminal.say(
      '',
      `首次启动，管理员账户 The administrator's account, shown this once:`,
      `    登录名 login:       ${first.login}`,
      `    一次性密码 password: ${first.oneTimePassword}`,
      '登录后须修改密码，再为执法人员、档案员、监督员建立账户。',
      'Sign in, change it, then make accounts for officers, archivists and supervisors.',
    );
  } else {
    terminal.say('用已有账户登录。 Sign in with an account you have.');
  }
  terminal.say('', '按 Ctrl-C 停止 Ctrl-C stops it', '');
}
