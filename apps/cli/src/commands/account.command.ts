import type { z } from 'zod';
import {
  type Account,
  accountListSchema,
  createdAccountSchema,
  roleSchema,
  type Unit,
  unitListSchema,
  unitSchema,
} from '#contract';
import { isArchiveError } from '#domain';
import type { ApiClient } from '../client/api-client.js';
import { clientFor, SIGN_IN_OPTIONS, signedInClient, signIn } from '../client/sign-in.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { tableLines } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { type Verb, verb } from '../verb.js';

const ADMINISTRATOR = 'admin';

const accountCreate = verb({
  name: 'account create',
  zh: '新建账户，并显示一次性密码；采集站则显示令牌（以管理员身份）',
  en: 'Makes an account and shows its one-time password, or the token of a station (as administrator)',
  operands: 'LOGIN',
  options: {
    name: { type: 'string', value: 'NAME', zh: '姓名（必填）', en: 'Name (needed)' },
    roles: {
      type: 'string',
      value: 'A,B',
      zh: '角色：officer 执法人员、archivist 档案员、supervisor 监督员、reviewer 法制审核员、administrator 管理员；或仅 station 采集站（必填）',
      en: 'Roles: officer, archivist, supervisor, reviewer, administrator; or station alone (needed)',
    },
    unit: {
      type: 'string',
      value: 'UNIT',
      zh: '单位名称或 id；默认最上级单位',
      en: 'Unit, by name or id; else the topmost',
    },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    const login = one(positionals, 'LOGIN');
    const roles = roleSchema
      .array()
      .min(1)
      .safeParse((options.roles ?? '').split(',').map((role) => role.trim()));
    if (!roles.success || options.name === undefined) {
      throw usage('请给出 --name 与 --roles', 'Give --name and --roles');
    }
    const client = await signedInClient(env, terminal, options, ADMINISTRATOR);
    const { id: unitId } = await findUnit(client, options.unit);
    const wish = { login, name: options.name, roles: roles.data, unitId };
    const made = await client.send('POST', '/accounts', createdAccountSchema, wish).catch((error: unknown) => {
      if (!isArchiveError(error, 'login-taken')) throw error;
      throw new CommandFailure(EXIT.conflict, { zh: `登录名 ${login} 已被使用`, en: `The login ${login} is taken` });
    });
    sayOnce(terminal, made);
    return EXIT.ok;
  },
});

const accountList = verb({
  name: 'account list',
  zh: '列出账户',
  en: 'Lists accounts',
  options: SIGN_IN_OPTIONS,
  run: async ({ options, env, terminal }) => {
    const client = await signedInClient(env, terminal, options, ADMINISTRATOR);
    const { items } = await client.get('/accounts', accountListSchema);
    const rows = items.map((account) => [
      account.login,
      account.name,
      account.roles.join(','),
      account.unitName,
      account.disabled ? '停用 disabled' : account.mustChangePassword ? '待改密码 one-time password' : '',
    ]);
    const titles = ['登录名 login', '姓名 name', '角色 roles', '单位 unit', ''];
    terminal.say(
      ...tableLines(
        titles.map((title) => ({ title })),
        rows,
      ),
    );
    return EXIT.ok;
  },
});

const accountReset = verb({
  name: 'account reset-password',
  zh: '为账户设新的一次性密码（采集站为新令牌），并结束其登录',
  en: 'Gives an account a new one-time password (a station a new token) and ends its sessions',
  operands: 'LOGIN',
  options: SIGN_IN_OPTIONS,
  run: async ({ options, positionals, env, terminal }) => {
    const client = await signedInClient(env, terminal, options, ADMINISTRATOR);
    const { id } = await findAccount(client, one(positionals, 'LOGIN'));
    const made = await client.send('PATCH', `/accounts/${id}`, createdAccountSchema, { resetPassword: true });
    sayOnce(terminal, made);
    return EXIT.ok;
  },
});

const accountDisable = verb({
  name: 'account disable',
  zh: '停用账户（--undo 恢复）',
  en: 'Shuts an account out (--undo lets it in again)',
  operands: 'LOGIN',
  options: { undo: { type: 'boolean', zh: '恢复使用', en: 'Let it in again' }, ...SIGN_IN_OPTIONS },
  run: async ({ options, positionals, env, terminal }) => {
    const client = await signedInClient(env, terminal, options, ADMINISTRATOR);
    const { id } = await findAccount(client, one(positionals, 'LOGIN'));
    await client.send('PATCH', `/accounts/${id}`, createdAccountSchema, { disabled: options.undo !== true });
    return EXIT.ok;
  },
});

const unitCreate = verb({
  name: 'unit create',
  zh: '新建单位',
  en: 'Makes a unit',
  operands: 'NAME',
  options: {
    parent: {
      type: 'string',
      value: 'UNIT',
      zh: '上级单位名称或 id；默认最上级',
      en: 'Unit above it; else the topmost',
    },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    const client = await signedInClient(env, terminal, options, ADMINISTRATOR);
    const { id: parentId } = await findUnit(client, options.parent);
    const unit = await client.send('POST', '/units', unitSchema, { name: one(positionals, 'NAME'), parentId });
    terminal.say(`${unit.name}\t${unit.id}`);
    return EXIT.ok;
  },
});

const password = verb({
  name: 'password',
  zh: '修改自己的密码',
  en: 'Changes your own password',
  options: { url: SIGN_IN_OPTIONS.url, login: SIGN_IN_OPTIONS.login },
  run: async ({ options, env, terminal }) => {
    const login = options.login ?? (await terminal.ask('登录名 Login: '));
    const current = await terminal.askHidden('当前密码 Current password: ');
    const { client } = await signIn(await clientFor(env, options.url), login, current);
    const next = await terminal.askHidden('新密码（至少 10 位） New password (10 characters or more): ');
    if (next !== (await terminal.askHidden('再输一次 Once more: '))) {
      throw usage('两次输入不一致，密码未改', 'The two differ; nothing was changed');
    }
    await client.command('POST', '/session/password', { current, next });
    terminal.note('密码已修改 The password is changed');
    return EXIT.ok;
  },
});

export const ACCOUNT_COMMANDS: readonly Verb[] = [
  accountCreate,
  accountList,
  accountReset,
  accountDisable,
  unitCreate,
  password,
];

/** A unit by name or id; without either, the one above all. */
export async function findUnit(client: ApiClient, nameOrId: string | undefined): Promise<Unit> {
  const { items } = await client.get('/units', unitListSchema);
  const isIt = (unit: Unit): boolean =>
    nameOrId === undefined ? unit.parentId === null : unit.id === nameOrId || unit.name === nameOrId;
  const found = items.filter(isIt);
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new CommandFailure(EXIT.notFound, {
      zh: only === undefined ? `没有单位 ${nameOrId ?? ''}` : `有多个单位叫 ${nameOrId ?? '最上级'}，请用 id`,
      en: only === undefined ? `There is no unit ${nameOrId ?? ''}` : 'Several units pad; use an id',
    });
  }
  return only;
}

export async function findAccount(client: ApiClient, login: string): Promise<Account> {
  const { items } = await client.get('/accounts', accountListSchema);
  const found = items.find((account) => account.login === login.toLowerCase());
  if (found === undefined) {
    throw new CommandFailure(EXIT.notFound, { zh: `没有账户 ${login}`, en: `There is no account ${login}` });
  }
  return found;
}

type Created = z.infer<typeof createdAccountSchema>;

/** The secret on stdout, for a script; what it is beside it, for a person. */
function sayOnce(terminal: Terminal, { account, oneTimePassword, stationToken }: Created): void {
  terminal.say(`${account.login}\t${stationToken?.token ?? oneTimePassword ?? ''}`);
  terminal.note(
    stationToken === null
      ? '一次性密码只显示这一次，首次登录后须修改。Shown this once; it must be changed at the first sign-in.'
      : `令牌只显示这一次，只能上传与取回执，有效至 ${stationToken.expiresAt}。Shown this once; it adds and takes receipts, and no more.`,
  );
}

function one(positionals: readonly string[], name: string): string {
  const [only] = positionals;
  if (only === undefined || positionals.length > 1) throw usage(`请给出一个 ${name}`, `Give one ${name}`);
  return only;
}

function usage(zh: string, en: string): CommandFailure {
  return new CommandFailure(EXIT.usage, { zh, en });
}
