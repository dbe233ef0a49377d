import type { Problem } from '#contract';
import { ERROR_TEXT, type ErrorCode, type ErrorText } from '#domain';

const BASE = '/api/v1';

/** Sent with everything that changes state: another site's form or image cannot set it. */
export const SAME_SITE_HEADER = { 'X-Liuhen': '1' } as const;

/** Known only here: no answer at all; an answer that is no problem document; a file this computer cannot read. */
type LocalCode = 'network' | 'unexpected' | 'unreadable';
export type FailureCode = ErrorCode | LocalCode;

const LOCAL_TEXT: Record<LocalCode, ErrorText> = {
  network: {
    zh: '无法连接服务器，请检查网络后重试。',
    en: 'The server cannot be reached; check the network, try again.',
  },
  unexpected: {
    zh: '服务器返回了意外的内容，请稍后重试。',
    en: 'The server answered something unexpected; try again.',
  },
  unreadable: {
    zh: '读不到这个文件：可能已移动、更改，或记录仪、存储卡已拔出。请接好后重试，或重新选择文件。',
    en: 'The file cannot be read: moved, changed, or its recorder or card taken out. Connect it and try again, or choose it anew.',
  },
};

/** What went wrong, in words for people. Every failed call of this module throws one. */
export class ApiFailure extends Error {
  readonly code: FailureCode;
  readonly status: number;
  readonly words: ErrorText;
  readonly detail: ErrorText | null;
  /** What is wrong with what was sent, each with its place; or what stands in the way. */
  readonly problems: readonly ErrorText[];
  readonly requestId: string | null;
  /** Facts that tell what to do: how much is allowed, how long to wait. */
  readonly maxBytes: number | null;
  readonly retryAfterMs: number | null;

  constructor(code: FailureCode, status: number, problem: Partial<Problem> & { detailEn?: string } = {}) {
    const words = { zh: problem.title ?? fallback(code).zh, en: problem.titleEn ?? fallback(code).en };
    super(words.zh);
    this.name = 'ApiFailure';
    this.code = code;
    this.status = status;
    this.words = words;
    this.detail = problem.detail === undefined ? null : { zh: problem.detail, en: problem.detailEn ?? problem.detail };
    this.problems = readProblems(problem.details);
    this.requestId = problem.requestId ?? null;
    this.maxBytes = readNumber(problem.details?.maxBytes);
    const seconds = readNumber(problem.details?.retryAfterSeconds);
    this.retryAfterMs = seconds === null ? null : seconds * 1_000;
  }
}

type Query = Record<string, string | number | undefined>;

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') search.set(key, `${value}`);
  const tail = search.size > 0 ? `?${search}` : '';
  return send<T>('GET', `${path}${tail}`, undefined, signal);
}

/** @throws ApiFailure; answers of 202 and 204 give `undefined` when they have no body */
export async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await reach(method, `${BASE}${path}`, body, signal);
  const text = await response.text().catch(() => '');
  if (!response.ok) throw readFailure(response.status, text);
  if (text === '') return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiFailure('unexpected', response.status);
  }
}

/**
 * Text outside /api/v1: of the public log.
 * @throws ApiFailure
 */
export async function getText(path: string): Promise<string> {
  const response = await reach('GET', path, undefined, undefined);
  const text = await response.text().catch(() => '');
  if (!response.ok) throw readFailure(response.status, text);
  return text;
}

/** Outlives the page: for the last report of what was watched. Failures are of no use to anyone then. */
export function sendLast(path: string, body: unknown): void {
  const init = { method: 'POST', keepalive: true, headers: headersFor('POST', body), body: JSON.stringify(body) };
  fetch(`${BASE}${path}`, init).catch(() => undefined);
}

/** Reads a problem document, from a body of any kind (tus answers come as text). */
export function readFailure(status: number, text: string): ApiFailure {
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    if (typeof problem.code === 'string') return new ApiFailure(problem.code as FailureCode, status, problem);
  } catch {
    // No JSON: a proxy's page, or nothing at all.
  }
  return new ApiFailure(status === 0 ? 'network' : 'unexpected', status);
}

async function reach(method: string, url: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
  const init: RequestInit = { method, headers: headersFor(method, body), credentials: 'same-origin' };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal) init.signal = signal;
  try {
    return await fetch(url, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure('network', 0);
  }
}

function headersFor(method: string, body: unknown): Record<string, string> {
  return {
    Accept: 'application/json, application/problem+json',
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(method === 'GET' ? {} : SAME_SITE_HEADER),
  };
}

function fallback(code: FailureCode): ErrorText {
  if (code === 'network' || code === 'unexpected' || code === 'unreadable') return LOCAL_TEXT[code];
  return ERROR_TEXT[code] ?? LOCAL_TEXT.unexpected;
}

/** Names of fields; mistakes in a rule file, each with its place; what a procedure still asks for. */
function readProblems(details: Record<string, unknown> | undefined): ErrorText[] {
  const { problems, faults } = details ?? {};
  return [...listOf(problems), ...listOf(faults)].flatMap((item): ErrorText[] => {
    if (typeof item === 'string') return [{ zh: item, en: item }];
    const { place, zh, en, words } = item as { place?: unknown; zh?: unknown; en?: unknown; words?: ErrorText };
    if (words) return [words];
    if (typeof zh !== 'string' || typeof en !== 'string') return [];
    const where = typeof place === 'string' && place !== '' ? `${place} ` : '';
    return [{ zh: `${where}${zh}`, en: `${where}${en}` }];
  });
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === 'string' || (typeof item === 'object' && item))
    : [];
}

function readNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
