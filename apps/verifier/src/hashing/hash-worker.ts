// Runs in a worker, made from text: hashes streams, and blocks where the platform cannot.
import { SHA_256, StreamedHash, sha256 } from '#dossier';
import { SM3 } from './sm3.js';

export type StreamAlgorithm = 'sha256' | 'sm3';

export type ToWorker =
  | { readonly kind: 'open'; readonly stream: number; readonly algorithm: StreamAlgorithm }
  | { readonly kind: 'bytes'; readonly stream: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end'; readonly stream: number }
  | { readonly kind: 'leaf'; readonly stream: number; readonly bytes: Uint8Array };

export type FromWorker =
  /** The memory comes back, to be filled again. */
  | { readonly kind: 'taken'; readonly stream: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'digest'; readonly stream: number; readonly digest: Uint8Array };

const LEAF = Uint8Array.of(0);
const HASHES = { sha256: SHA_256, sm3: SM3 };
const streams = new Map<number, StreamedHash>();
const say = (message: FromWorker, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

self.onmessage = ({ data }: MessageEvent<ToWorker>): void => {
  const { stream } = data;
  if (data.kind === 'open') streams.set(stream, new StreamedHash(HASHES[data.algorithm]));
  else if (data.kind === 'leaf') say({ kind: 'digest', stream, digest: sha256(LEAF, data.bytes) });
  else if (data.kind === 'bytes') {
    streams.get(stream)?.update(data.bytes);
    say({ kind: 'taken', stream, bytes: data.bytes }, [data.bytes.buffer]);
  } else {
    const digest = streams.get(stream)?.digest();
    streams.delete(stream);
    if (digest !== undefined) say({ kind: 'digest', stream, digest });
  }
};
