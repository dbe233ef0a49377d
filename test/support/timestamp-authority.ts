// The authority of apps/cli, as tests need it: with names of its own, and one that can be made to misbehave.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Authority,
  makeAuthority as makeNamedAuthority,
  type AuthorityOptions as NamedOptions,
} from '../../apps/cli/src/commands/demo/authority/make-authority.js';
import { serveAuthority } from '../../apps/cli/src/commands/demo/authority/serve-authority.js';

export { type Authority, OPENSSL_KEYS, opensslIn } from '../../apps/cli/src/commands/demo/authority/make-authority.js';

const NAMES = { organisation: 'Liuhen test', prefix: 'Test' };

export type AuthorityOptions = Omit<NamedOptions, 'names'>;

export function makeAuthority(options: AuthorityOptions): Promise<Authority> {
  return makeNamedAuthority({ names: NAMES, ...options });
}

export type Misbehaviour =
  | 'none'
  | 'wrong-imprint'
  | 'wrong-nonce'
  /** Signs with a certificate that ended long ago. */
  | 'expired'
  /** Signs under a root that is not the one it tells of. */
  | 'untrusted'
  /** Ends the connection without an answer. */
  | 'down'
  | 'slow';

export interface RunningAuthority {
  readonly url: string;
  readonly rootPem: string;
  /** From now on. */
  behave(how: Misbehaviour): void;
  stop(): Promise<void>;
}

export interface RunningAuthorityOptions {
  readonly dir: string;
  readonly behave?: Misbehaviour;
  /** How long `slow` takes. */
  readonly slowMs?: number;
}

/** Serves answers on loopback, good ones or others. */
export async function startTimestampAuthority(options: RunningAuthorityOptions): Promise<RunningAuthority> {
  const { dir, slowMs = 30_000 } = options;
  let how = options.behave ?? 'none';
  const good = await makeAuthority({ dir: join(dir, 'good') });
  const ended = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('2020-02-01T00:00:00Z') };
  // Made when they are first needed: each costs several starts of openssl.
  const others = new Map<Misbehaviour, Promise<Authority>>();
  const other = (name: 'expired' | 'untrusted'): Promise<Authority> => {
    const known = others.get(name) ?? makeAuthority({ dir: join(dir, name), ...(name === 'expired' ? ended : {}) });
    others.set(name, known);
    return known;
  };
  const answer = async (query: Buffer): Promise<Uint8Array> => {
    if (how === 'slow') await pause(slowMs, null, { ref: false });
    if (how === 'wrong-imprint' || how === 'wrong-nonce') return await good.answer(bent(query, how));
    if (how === 'expired' || how === 'untrusted') return await (await other(how)).answer(query);
    return await good.answer(query);
  };
  const served = await serveAuthority(answer, { isDown: () => how === 'down' });
  const roots = how === 'expired' ? (await other('expired')).rootPem : '';
  return {
    url: served.url,
    rootPem: `${good.rootPem}${roots}`,
    behave: (next) => {
      how = next;
    },
    stop: served.stop,
  };
}

/** The query for something else: one bit of the digest, or of the nonce behind it, is another. */
function bent(query: Buffer, how: 'wrong-imprint' | 'wrong-nonce'): Buffer {
  const digestAt = query.indexOf(Buffer.from([0x04, 0x20])) + 2;
  const nonceLength = query[digestAt + 33] ?? 0;
  const at = how === 'wrong-imprint' ? digestAt : digestAt + 33 + nonceLength;
  const other = Buffer.from(query);
  other.writeUInt8(other.readUInt8(at) ^ 1, at);
  return other;
}
