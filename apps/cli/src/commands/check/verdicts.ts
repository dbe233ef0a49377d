import canonicalize from 'canonicalize';
import { isArchiveError, type JsonValue, parseStrictJson } from '#domain';
import {
  decodeBase64,
  GrowingTree,
  isTlogError,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
} from '#tlog';
import { sha256, verifyEd25519 } from './log-crypto.js';

/** What was checked and is not good; every other error is our own failure. */
export class Bad extends Error {}

/** @throws Bad for whatever is wrong with the claim */
export type CheckLine = (line: Uint8Array) => void;

/** One line of JSON: {leafHash, index, size, root, proof[]}, hashes in base64. */
export const checkInclusion: CheckLine = (line) =>
  judged(() => {
    const claim = readObject(line);
    verifyInclusion(sha256, {
      leafHash: bytesOf(claim, 'leafHash'),
      index: numberOf(claim, 'index'),
      size: numberOf(claim, 'size'),
      root: bytesOf(claim, 'root'),
      proof: proofOf(claim),
    });
  });

/** One line of JSON: {size1, size2, root1, root2, proof[]}, hashes in base64. */
export const checkConsistency: CheckLine = (line) =>
  judged(() => {
    const claim = readObject(line);
    verifyConsistency(sha256, {
      size1: numberOf(claim, 'size1'),
      size2: numberOf(claim, 'size2'),
      root1: bytesOf(claim, 'root1'),
      root2: bytesOf(claim, 'root2'),
      proof: proofOf(claim),
    });
  });

const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/**
 * Root, in hex, of the tree whose leaves are given in hex, one a line.
 * @throws Bad with the number of the line that is not hex
 */
export async function rootOfLines(lines: AsyncIterable<Uint8Array>): Promise<string> {
  const tree = new GrowingTree(sha256);
  for await (const line of lines) {
    const text = Buffer.from(line).toString('latin1');
    if (!HEX.test(text)) throw new Bad(`line ${tree.size + 1} is not hex`);
    tree.append(leafHash(sha256, Buffer.from(text, 'hex')));
  }
  return Buffer.from(tree.root()).toString('hex');
}

/** @throws TlogError when it is no verifier key, or of another type than 0x01 and 0x04 */
export function readKey(vkey: string): VerifierKey {
  return parseVerifierKey(sha256, vkey);
}

/**
 * What a good note says of itself: its checkpoint, when it is one, and the time of a cosignature.
 * @throws Bad when the key has not signed it, or it is no note
 */
export async function checkNote(note: Uint8Array, key: VerifierKey): Promise<string[]> {
  try {
    const signed = parseNote(note);
    const times = (await verifyNote(verifyEd25519, signed, [key])).flatMap(({ timeS }) => timeS ?? []);
    return [...checkpointLines(signed.text), ...times.map((timeS) => `time ${timeS}`)];
  } catch (error) {
    throw asBad(error);
  }
}

function checkpointLines(text: string): string[] {
  try {
    const { origin, size, root } = parseCheckpoint(text);
    return [`origin ${origin}`, `size ${size}`, `root ${Buffer.from(root).toString('base64')}`];
  } catch {
    // A note need not be a checkpoint.
    return [];
  }
}

/**
 * RFC 8785 of any I-JSON document.
 * @throws Bad when it is none
 */
export function canonicalJson(json: Uint8Array): string {
  return judged(() => canonicalize(parseStrictJson(json)) as string);
}

function judged<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw asBad(error);
  }
}

export function asBad(error: unknown): unknown {
  return isTlogError(error) || isArchiveError(error, 'invalid-input') ? new Bad(error.message) : error;
}

type JsonObject = Readonly<Record<string, JsonValue>>;

function readObject(line: Uint8Array): JsonObject {
  const value = parseStrictJson(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Bad('not a JSON object');
  return value as JsonObject;
}

function numberOf(claim: JsonObject, name: string): number {
  const value = claim[name];
  if (typeof value !== 'number') throw new Bad(`${name} is not a number`);
  return value;
}

function bytesOf(claim: JsonObject, name: string): Uint8Array {
  return base64Of(claim[name], name);
}

/** Some write null for a proof of no hashes. */
function proofOf({ proof }: JsonObject): Uint8Array[] {
  if (proof === null) return [];
  if (!Array.isArray(proof)) throw new Bad('proof is not a list');
  return proof.map((hash: JsonValue, i) => base64Of(hash, `proof[${i}]`));
}

function base64Of(value: JsonValue | undefined, name: string): Uint8Array {
  if (typeof value !== 'string') throw new Bad(`${name} is not text`);
  try {
    return decodeBase64(value);
  } catch {
    throw new Bad(`${name} is not base64`);
  }
}
