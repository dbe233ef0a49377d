import {
  applyDecorators,
  createParamDecorator,
  Delete,
  type ExecutionContext,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  SetMetadata,
} from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { ArchiveError, isId } from '#domain';
import { contextOf } from './request-context.js';

/** One endpoint: what validates it is what documents it. */
export interface EndpointSpec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below /api/v1, as Express writes it (`cases/:id`). */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON answer; absent where none, or where bytes are given. */
  readonly response?: z.ZodType;
  readonly status?: number;
  /** Media types of an answer that is not JSON. */
  readonly bytes?: readonly string[];
  /** Reached without signing in. */
  readonly isOpen?: boolean;
  /** Reached while the one-time password has not been changed yet. */
  readonly allowsOneTimePassword?: boolean;
  /** Reached by a collecting station too; all else is closed to machines, lists that any person may see among them. */
  readonly allowsStation?: boolean;
}

export const ENDPOINT = 'liuhen:endpoint';
const METHODS = { GET: Get, POST: Post, PUT: Put, PATCH: Patch, DELETE: Delete };

export function Endpoint(spec: EndpointSpec): MethodDecorator {
  return applyDecorators(METHODS[spec.method](spec.path), HttpCode(spec.status ?? 200), SetMetadata(ENDPOINT, spec));
}

const OPEN = 'liuhen:open';

/** Marks a handler outside the documented API (health, metrics) as reached without a session. */
export function Open(): MethodDecorator {
  return SetMetadata(OPEN, true);
}

export function isOpen(handler: object): boolean {
  return Reflect.getMetadata(OPEN, handler) === true || endpointOf(handler)?.isOpen === true;
}

export function endpointOf(handler: object): EndpointSpec | undefined {
  return Reflect.getMetadata(ENDPOINT, handler);
}

/** The body, parsed by the endpoint's schema. */
export const Body = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return parse(endpointOf(context.getHandler())?.body, context.switchToHttp().getRequest<Request>().body ?? {});
});

/** The query, parsed by the endpoint's schema. */
export const Query = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return parse(endpointOf(context.getHandler())?.query, context.switchToHttp().getRequest<Request>().query);
});

/** An id in the path. What is no id names nothing. */
export const IdParam = createParamDecorator((name: string, context: ExecutionContext) => {
  const value = context.switchToHttp().getRequest<Request>().params[name];
  if (!isId(value)) throw new ArchiveError('not-found', `${name} is no id`);
  return value;
});

/** Who is asking. */
export const By = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { signedIn } = contextOf(context.switchToHttp().getRequest<Request>());
  if (!signedIn) throw new ArchiveError('not-signed-in', 'no session');
  return signedIn.actor;
});

/** @throws ArchiveError `invalid-input` with `details.problems`: where, and what is wrong */
export function parse(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) throw new ArchiveError('internal', 'the endpoint has no schema for this');
  if (!isText(value))
    throw new ArchiveError('invalid-input', 'NUL or half a character', { details: { problems: ['text'] } });
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new ArchiveError('invalid-input', problems.join('; '), { details: { problems } });
}

/** Neither PostgreSQL nor a canonical event keeps NUL or unpaired surrogates: they are refused, in whatever field. */
function isText(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isText(key) && isText(item));
}
