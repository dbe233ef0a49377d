import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ConfigOf, type Environment, loadConfig } from '#config';
import { type Account, sessionSchema } from '#contract';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { addressInFolder } from '../running.js';
import type { Terminal } from '../terminal/terminal.js';
import type { OptionTexts } from '../verb.js';
import { ApiClient } from './api-client.js';

/** Options of every verb that speaks to a running archive. */
export const SIGN_IN_OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    zh: '服务地址；默认取 LIUHEN_URL，或本机数据目录中正在运行的服务',
    en: 'Address of the archive; else LIUHEN_URL, or the one running in the data folder',
  },
  login: { type: 'string', value: 'LOGIN', zh: '登录名；不给则询问', en: 'Who signs in; asked for when not given' },
  'password-file': {
    type: 'string',
    value: 'FILE',
    zh: '从文件读取密码；不给则询问（也可用 LIUHEN_TOKEN）',
    en: 'File with the password; asked for when not given (or use LIUHEN_TOKEN)',
  },
} as const satisfies OptionTexts;

export interface SignInWishes {
  readonly url?: string | undefined;
  readonly login?: string | undefined;
  readonly 'password-file'?: string | undefined;
}

/** A client for the address that was named, or else for the archive that runs in the data folder. */
export async function clientFor(env: Environment, url: string | undefined): Promise<ApiClient> {
  const config = loadConfig(env, 'cli');
  return new ApiClient(url ?? (await defaultAddress(env, config)));
}

async function defaultAddress(env: Environment, config: ConfigOf<'cli'>): Promise<string> {
  if (env.LIUHEN_URL !== undefined && env.LIUHEN_URL.trim() !== '') return config.client.url;
  return (await addressInFolder(config.data.dir)) ?? config.client.url;
}

/** Signs in by LIUHEN_TOKEN, or by name and password given or asked for. */
export async function signedInClient(
  env: Environment,
  terminal: Terminal,
  wishes: SignInWishes,
  defaultLogin?: string,
): Promise<ApiClient> {
  const client = await clientFor(env, wishes.url);
  const { token } = loadConfig(env, 'cli').client;
  if (token !== null && wishes.login === undefined) return client.as(token.reveal());
  const login = wishes.login ?? defaultLogin ?? (await terminal.ask('登录名 Login: '));
  const file = wishes['password-file'];
  const password =
    file === undefined
      ? await terminal.askHidden(`${login} 的密码 Password of ${login}: `)
      : (await readFile(resolve(callerFolder(env), file), 'utf8')).trim();
  const session = await signIn(client, login, password);
  if (session.account.mustChangePassword) {
    throw new CommandFailure(EXIT.notAllowed, {
      zh: `${login} 仍是一次性密码，请先修改：liuhen password`,
      en: `${login} still has a one-time password; change it first: liuhen password`,
    });
  }
  return session.client;
}

export async function signIn(
  client: ApiClient,
  login: string,
  password: string,
): Promise<{ client: ApiClient; account: Account }> {
  const session = await client.send('POST', '/sessions', sessionSchema, { login, password });
  if (session.token === undefined) {
    throw new CommandFailure(EXIT.internal, { zh: '服务未返回登录令牌', en: 'The archive gave no token' });
  }
  return { client: client.as(session.token), account: session.account };
}

/** Where the command was typed: npm runs scripts in the package's folder and leaves the caller's in INIT_CWD. */
export function callerFolder(env: Environment): string {
  return env.INIT_CWD ?? process.cwd();
}
