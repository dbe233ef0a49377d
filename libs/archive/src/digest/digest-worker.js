// @ts-check
// Runs in a worker thread: hashing never stands in the way of requests. Plain JavaScript, because a thread starts
// from a file and the same file must serve the build and the tests. Bytes come in shared memory and are not copied;
// the sender leaves them alone until the answer.
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

const LEAF_PREFIX = Uint8Array.of(0x00);

/**
 * @typedef {{ op: 'leaves', id: number, bytes: SharedArrayBuffer, length: number, blockBytes: number }
 *   | { op: 'update', id: number, stream: number, algorithm: string, bytes: SharedArrayBuffer, length: number }
 *   | { op: 'digest', id: number, stream: number, algorithm: string }
 *   | { op: 'drop', stream: number }} Request
 */

/** @typedef {{ update(bytes: Uint8Array): unknown, digest(): Uint8Array }} Stream */

/** @type {Map<number, Stream>} */
const streams = new Map();

/** CRC-32 of zip files, big-endian. @returns {Stream} */
function crcStream() {
  let crc = 0;
  return {
    update: (bytes) => {
      crc = crc32(bytes, crc);
    },
    digest: () => {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(crc);
      return digest;
    },
  };
}

/** @param {number} stream @param {string} algorithm */
function hashOf(stream, algorithm) {
  const known = streams.get(stream);
  if (known) return known;
  const fresh = algorithm === 'crc32' ? crcStream() : createHash(algorithm);
  streams.set(stream, fresh);
  return fresh;
}

/** @param {SharedArrayBuffer} bytes @param {number} length @param {number} blockBytes */
function leavesOf(bytes, length, blockBytes) {
  const leaves = [];
  for (let at = 0; at < length; at += blockBytes) {
    const block = new Uint8Array(bytes, at, Math.min(blockBytes, length - at));
    leaves.push(createHash('sha256').update(LEAF_PREFIX).update(block).digest());
  }
  return Buffer.concat(leaves);
}

/** @param {Request} request @returns {Uint8Array | null} */
function answer(request) {
  switch (request.op) {
    case 'leaves':
      return leavesOf(request.bytes, request.length, request.blockBytes);
    case 'update':
      hashOf(request.stream, request.algorithm).update(new Uint8Array(request.bytes, 0, request.length));
      return null;
    case 'digest': {
      const digest = hashOf(request.stream, request.algorithm).digest();
      streams.delete(request.stream);
      return digest;
    }
    case 'drop':
      streams.delete(request.stream);
      return null;
  }
}

parentPort?.on('message', (/** @type {Request} */ request) => {
  if (request.op === 'drop') {
    answer(request);
    return;
  }
  try {
    parentPort?.postMessage({ id: request.id, digest: answer(request) });
  } catch (error) {
    parentPort?.postMessage({ id: request.id, error: String(error) });
  }
});
