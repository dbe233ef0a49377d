import type { z } from 'zod';
import {
  type Account,
  accountListSchema,
  certificateListSchema,
  createdAccountSchema,
  type roleSchema,
  type Unit,
  unitListSchema,
  unitSchema,
} from '#contract';
import { isArchiveError } from '#domain';
import type { ApiClient } from '../../client/api-client.js';
import { signIn } from '../../client/sign-in.js';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { type DemoSecrets, typablePassword } from './demo-secrets.js';

/** Named by their office: nobody is meant. Two officers, as the law asks of most steps. */
const ACCOUNTS = [
  { login: 'demo-officer', name: '演示执法人员甲', roles: ['officer'] },
  { login: 'demo-officer-b', name: '演示执法人员乙', roles: ['officer'] },
  { login: 'demo-archivist', name: '演示档案员', roles: ['archivist'] },
  { login: 'demo-supervisor', name: '演示监督员', roles: ['supervisor'] },
  { login: 'demo-reviewer', name: '演示法制审核员', roles: ['reviewer'] },
] as const satisfies readonly { login: string; name: string; roles: readonly z.infer<typeof roleSchema>[] }[];

export const OFFICER = ACCOUNTS[0].login;
export const SECOND_OFFICER = ACCOUNTS[1].login;
export const SUPERVISOR = ACCOUNTS[3].login;
export const DEMO_AGENCY = '演示执法机关';
const UNIT = '演示执法大队';
const ADMINISTRATOR = 'admin';

export interface DemoLogin {
  readonly name: string;
  readonly login: string;
  readonly password: string;
}

/** Makes what is missing of the demo's unit and accounts, all through the public API. */
export async function settlePeople(client: ApiClient, secrets: DemoSecrets): Promise<DemoLogin[]> {
  const admin = await signInAsAdministrator(client, secrets);
  const unit = await settleUnit(admin.client);
  const { items } = await admin.client.get('/accounts', accountListSchema);
  const logins: DemoLogin[] = [admin.login];
  for (const plan of ACCOUNTS) {
    const existing = items.find((account) => account.login === plan.login) ?? null;
    const password = await secrets.choose(plan.login, typablePassword);
    if (existing === null || !(await letsIn(client, plan.login, password))) {
      await setPassword(admin.client, { ...plan, unitId: unit.id, existing, password });
    }
    logins.push({ name: plan.name, login: plan.login, password });
  }
  await settleCertificates(admin.client);
  return logins;
}

const CERTIFICATES: Partial<Record<z.infer<typeof roleSchema>, string>> = {
  officer: 'enforcement',
  reviewer: 'legal-review',
};

/** Both officers may enforce and the reviewer may review, on the day of the sample case and today. */
async function settleCertificates(admin: ApiClient): Promise<void> {
  const { items: accounts } = await admin.get('/accounts', accountListSchema);
  const { items: known } = await admin.get('/certificates', certificateListSchema);
  for (const [i, { login, roles }] of ACCOUNTS.entries()) {
    const account = accounts.find((one) => one.login === login);
    const kind = CERTIFICATES[roles[0]];
    if (kind === undefined || account === undefined || known.some(({ accountId }) => accountId === account.id))
      continue;
    await admin.command('POST', '/certificates', {
      ...{ accountId: account.id, kind, number: `演示-000${i + 1}` },
      ...{ validFrom: '2024-01-01', validTo: '2033-12-31' },
    });
  }
}

/** By the password kept, or by the one-time password of the first start, which is then changed. */
async function signInAsAdministrator(
  client: ApiClient,
  secrets: DemoSecrets,
): Promise<{ client: ApiClient; login: DemoLogin }> {
  const { oneTimePassword } = secrets;
  const known = secrets.passwordOf(ADMINISTRATOR);
  if (known === null && oneTimePassword === null) throw notOurs();
  const password = await secrets.choose(ADMINISTRATOR, typablePassword);
  const login = { name: '系统管理员', login: ADMINISTRATOR, password };
  if (known !== null) {
    const session = await trySignIn(client, ADMINISTRATOR, password);
    if (session !== null) return { client: session.client, login };
  }
  const first = oneTimePassword === null ? null : await trySignIn(client, ADMINISTRATOR, oneTimePassword);
  if (first === null) throw notOurs();
  await first.client.command('POST', '/session/password', { current: oneTimePassword, next: password });
  return { client: first.client, login };
}

async function settleUnit(admin: ApiClient): Promise<Unit> {
  const { items } = await admin.get('/units', unitListSchema);
  const known = items.find((unit) => unit.name === UNIT);
  if (known !== undefined) return known;
  const top = items.find((unit) => unit.parentId === null);
  return await admin.send('POST', '/units', unitSchema, { name: UNIT, parentId: top?.id });
}

/** As a person would: the administrator gives a one-time password, its owner changes it. */
async function setPassword(
  admin: ApiClient,
  plan: (typeof ACCOUNTS)[number] & { unitId: string; existing: Account | null; password: string },
): Promise<void> {
  const { login, name, roles, unitId, existing, password } = plan;
  const made =
    existing === null
      ? await admin.send('POST', '/accounts', createdAccountSchema, { login, name, roles, unitId })
      : await admin.send('PATCH', `/accounts/${existing.id}`, createdAccountSchema, { resetPassword: true });
  const { client } = await signIn(admin, login, made.oneTimePassword ?? '');
  await client.command('POST', '/session/password', { current: made.oneTimePassword ?? '', next: password });
}

async function letsIn(client: ApiClient, login: string, password: string): Promise<boolean> {
  const session = await trySignIn(client, login, password);
  return session !== null && !session.account.mustChangePassword;
}

async function trySignIn(
  client: ApiClient,
  login: string,
  password: string,
): Promise<{ client: ApiClient; account: Account } | null> {
  try {
    return await signIn(client, login, password);
  } catch (error) {
    if (isArchiveError(error, 'wrong-credentials')) return null;
    throw error;
  }
}

function notOurs(): CommandFailure {
  return new CommandFailure(EXIT.conflict, {
    zh: '此数据目录已有自己的管理员，演示不会改动它；请加 --fresh 另起一份（原目录改名保留），或用 --data 另选目录',
    en: 'This data folder has an administrator of its own, whom the demo leaves alone; use --fresh (the folder is kept under another name) or another --data',
  });
}
