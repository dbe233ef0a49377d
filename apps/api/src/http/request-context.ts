import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { type Archive, type SignedIn } from '#archive';
import { ArchiveError } from '#domain';
import type { HttpConfig } from './http-config.js';

/** What the API remembers of a request beside the request itself. */
export interface RequestContext {
  readonly requestId: string;
  signedIn: SignedIn | null;
}

const CONTEXTS = new WeakMap<IncomingMessage, RequestContext>();

export function contextOf(request: IncomingMessage): RequestContext {
  const known = CONTEXTS.get(request);
  if (known) return known;
  const context: RequestContext = { requestId: randomUUID(), signedIn: null };
  CONTEXTS.set(request, context);
  return context;
}

/** `__Host-` needs HTTPS; on plain loopback the same cookie goes without the prefix. */
export function cookieName(config: HttpConfig): string {
  return config.isSecure ? '__Host-liuhen' : 'liuhen';
}

export function sessionCookie(config: HttpConfig, token: string | null, expiresAt: Date): string {
  const parts = [`${cookieName(config)}=${token ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (config.isSecure) parts.push('Secure');
  parts.push(`Expires=${(token === null ? new Date(0) : expiresAt).toUTCString()}`);
  return parts.join('; ');
}

/**
 * Who is asking: a bearer token (curl, command line) or the session cookie (browser). A cookie comes along with
 * requests other sites cause, so for changes it counts only when the browser says the request is our own page's.
 * @throws ArchiveError `not-signed-in`, `cross-site`
 */
export async function authenticate(request: IncomingMessage, archive: Archive, config: HttpConfig): Promise<SignedIn> {
  const bearer = /^Bearer ([A-Za-z0-9_-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1];
  const token = bearer ?? readCookie(request, cookieName(config));
  if (token === undefined) throw new ArchiveError('not-signed-in', 'no token');
  if (bearer === undefined) refuseCrossSite(request);
  return await archive.people.authenticate.run(token);
}

/**
 * "X-HTTP-Method-Override … MUST be interpreted as the request's method by the Server, if the header is presented."
 * (tus 1.0). Only uploads follow it; whether a request is harmless is judged by it everywhere.
 */
export function methodOf(request: IncomingMessage): string {
  const override = request.headers['x-http-method-override'];
  return (typeof override === 'string' ? override : (request.method ?? '')).trim().toUpperCase();
}

const HARMLESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Sec-Fetch-Site and Origin where the browser sends them, and a header no form can set. */
export function refuseCrossSite(request: IncomingMessage): void {
  const site = request.headers['sec-fetch-site'];
  const isHarmless = HARMLESS.has(request.method ?? '') && HARMLESS.has(methodOf(request));
  if (isHarmless) {
    // A picture or a video on another site, a sister of ours included, must not be able to show evidence, or to cause
    // a read event.
    const isEmbedded = site === 'cross-site' || site === 'same-site';
    if (isEmbedded && request.headers['sec-fetch-mode'] !== 'navigate')
      throw new ArchiveError('cross-site', 'embedded elsewhere');
    return;
  }
  if (site !== undefined && site !== 'same-origin') throw new ArchiveError('cross-site', `Sec-Fetch-Site: ${site}`);
  const origin = request.headers.origin;
  if (origin !== undefined && !isOwnOrigin(origin, request)) throw new ArchiveError('cross-site', `Origin: ${origin}`);
  if (request.headers['x-liuhen'] !== '1') throw new ArchiveError('cross-site', 'X-Liuhen header is missing');
}

function isOwnOrigin(origin: string, request: IncomingMessage): boolean {
  try {
    return new URL(origin).host === request.headers.host;
  } catch {
    return false;
  }
}

function readCookie(request: IncomingMessage, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** The client's address; that of a proxy only when the proxy is one of ours. */
export function addressOf(request: IncomingMessage, config: HttpConfig): string {
  const peer = plainAddress(request.socket.remoteAddress ?? '');
  const forwarded = request.headers['x-forwarded-for'];
  if (typeof forwarded !== 'string' || !isTrustedProxy(peer, config.trustedProxies)) return peer;
  return forwarded.split(',').at(-1)?.trim() ?? peer;
}

/** An IPv4 peer of a socket that listens on both families is written as IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '');
}

/** @param proxies addresses and networks, `10.0.0.7` or `10.0.0.0/24` */
function isTrustedProxy(peer: string, proxies: readonly string[]): boolean {
  if (isIP(peer) === 0) return false;
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [network = '', prefix] = proxy.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(network, family);
    else trusted.addSubnet(network, Number(prefix), family);
  }
  return trusted.check(peer, isIP(peer) === 6 ? 'ipv6' : 'ipv4');
}

/** Headers every answer carries. What the API says is kept by nobody, unless the answer itself allows it. */
export function setSafetyHeaders(request: IncomingMessage, response: ServerResponse, config: HttpConfig): void {
  if (request.url?.startsWith('/api/')) response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  if (config.isSecure) response.setHeader('Strict-Transport-Security', 'max-age=31536000');
}
