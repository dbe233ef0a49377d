import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { AccountWithSecret, AccountWithUnit, Archive, SignedIn } from '#archive';
import {
  type Account,
  accountListSchema,
  type ChangeAccount,
  type CreateAccount,
  changeAccountSchema,
  changePasswordSchema,
  createAccountSchema,
  createdAccountSchema,
  createUnitSchema,
  type Session,
  type SignIn,
  sessionSchema,
  signInSchema,
  unitListSchema,
  unitSchema,
} from '#contract';
import { type Actor, ArchiveError } from '#domain';
import { Body, By, Endpoint, IdParam } from '../http/endpoint.js';
import { ARCHIVE, HTTP_CONFIG, type HttpConfig } from '../http/http-config.js';
import { addressOf, contextOf, refuseCrossSite, sessionCookie } from '../http/request-context.js';

@Controller()
export class PeopleController {
  constructor(
    @Inject(ARCHIVE) private readonly archive: Archive,
    @Inject(HTTP_CONFIG) private readonly config: HttpConfig,
  ) {}

  @Endpoint({
    method: 'POST',
    path: 'sessions',
    summary: '登录 Sign in',
    body: signInSchema,
    response: sessionSchema,
    status: 201,
    isOpen: true,
  })
  async signIn(
    @Body() wish: SignIn,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Session> {
    // Another site must not sign a visitor in under an account of its own (login CSRF); curl sends neither header.
    if (request.headers['sec-fetch-site'] !== undefined || request.headers.origin !== undefined)
      refuseCrossSite(request);
    const { token, ...signedIn } = await this.archive.people.signIn.run({
      ...wish,
      address: addressOf(request, this.config),
    });
    response.setHeader('Set-Cookie', sessionCookie(this.config, token, signedIn.expiresAt));
    return { ...toSession(signedIn), token };
  }

  @Endpoint({
    method: 'GET',
    path: 'session',
    summary: '当前会话 Who I am',
    response: sessionSchema,
    allowsOneTimePassword: true,
    allowsStation: true,
  })
  current(@Req() request: Request): Session {
    const { signedIn } = contextOf(request);
    if (!signedIn) throw new ArchiveError('not-signed-in', 'no session');
    return toSession(signedIn);
  }

  @Endpoint({ method: 'DELETE', path: 'session', summary: '退出 Sign out', status: 204, allowsOneTimePassword: true })
  async signOut(@By() actor: Actor, @Res({ passthrough: true }) response: Response): Promise<void> {
    await this.archive.people.signOut.run(actor);
    response.setHeader('Set-Cookie', sessionCookie(this.config, null, new Date(0)));
  }

  @Endpoint({
    method: 'POST',
    path: 'session/password',
    summary: '修改密码 Change my password',
    body: changePasswordSchema,
    status: 204,
    allowsOneTimePassword: true,
  })
  async changePassword(@By() actor: Actor, @Body() wish: z.infer<typeof changePasswordSchema>): Promise<void> {
    await this.archive.people.changePassword.run(actor, wish);
  }

  @Endpoint({ method: 'GET', path: 'accounts', summary: '账户列表 Accounts', response: accountListSchema })
  async listAccounts(@By() actor: Actor): Promise<z.infer<typeof accountListSchema>> {
    return { items: (await this.archive.people.listAccounts.run(actor)).map(toAccount) };
  }

  @Endpoint({
    method: 'POST',
    path: 'accounts',
    summary: '新建账户 Create an account',
    body: createAccountSchema,
    response: createdAccountSchema,
    status: 201,
  })
  async createAccount(@By() actor: Actor, @Body() plan: CreateAccount): Promise<z.infer<typeof createdAccountSchema>> {
    return toCreated(await this.archive.people.createAccount.run(actor, { ...plan, password: plan.password ?? null }));
  }

  @Endpoint({
    method: 'PATCH',
    path: 'accounts/:id',
    summary: '修改账户 Change an account',
    body: changeAccountSchema,
    response: createdAccountSchema,
  })
  async changeAccount(
    @By() actor: Actor,
    @IdParam('id') id: string,
    @Body() change: ChangeAccount,
  ): Promise<z.infer<typeof createdAccountSchema>> {
    return toCreated(await this.archive.people.changeAccount.run(actor, id, change));
  }

  @Endpoint({ method: 'GET', path: 'units', summary: '单位列表 Units', response: unitListSchema })
  async listUnits(): Promise<z.infer<typeof unitListSchema>> {
    return { items: (await this.archive.people.listUnits.run()).map(toUnit) };
  }

  @Endpoint({
    method: 'POST',
    path: 'units',
    summary: '新建单位 Create a unit',
    body: createUnitSchema,
    response: unitSchema,
    status: 201,
  })
  async createUnit(
    @By() actor: Actor,
    @Body() plan: z.infer<typeof createUnitSchema>,
  ): Promise<z.infer<typeof unitSchema>> {
    return toUnit(await this.archive.people.createUnit.run(actor, plan));
  }
}

function toSession(signedIn: SignedIn): Session {
  return {
    account: toAccount({ ...signedIn.account, unitName: signedIn.unitName }),
    expiresAt: signedIn.expiresAt.toISOString(),
    zoneMinutes: signedIn.zoneMinutes,
  };
}

function toCreated({
  account,
  oneTimePassword,
  stationToken,
}: AccountWithSecret): z.infer<typeof createdAccountSchema> {
  const token = stationToken && { token: stationToken.token, expiresAt: stationToken.expiresAt.toISOString() };
  return { account: toAccount(account), oneTimePassword, stationToken: token };
}

function toAccount(account: AccountWithUnit): Account {
  const { id, login, name, roles, unitId, unitName, disabled, mustChangePassword } = account;
  return { id, login, name, roles: [...roles], unitId, unitName, disabled, mustChangePassword };
}

function toUnit(unit: {
  id: string;
  name: string;
  parentId: string | null;
  validFrom: Date;
  validUntil: Date | null;
}): z.infer<typeof unitSchema> {
  return {
    id: unit.id,
    name: unit.name,
    parentId: unit.parentId,
    validFrom: unit.validFrom.toISOString(),
    validUntil: unit.validUntil?.toISOString() ?? null,
  };
}
