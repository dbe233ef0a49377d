import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** argon2id (RFC 9106): 64 MiB, 3 passes. Runs off the event loop. */
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 1 };

export async function hashPassword(password: string): Promise<string> {
  return await hash(password.normalize('NFKC'), COST);
}

export async function isPassword(stored: string, password: string): Promise<boolean> {
  return await verify(stored, password.normalize('NFKC'));
}

/** Letters and digits that are not mistaken for one another when read from paper. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** About 79 bits, in groups of four. */
export function oneTimePassword(): string {
  const letters = Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join('')).join('-');
}
