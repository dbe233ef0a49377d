import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import type { FlightBudget } from './flight-budget.js';
import { choosePartBlocks } from './intake-shape.js';
import type { Area, StoredObject, StoredPart } from './object-store.js';
import type { S3Connection } from './s3-connection.js';
import { fromS3 } from './s3-errors.js';
import { S3IntakeWriter } from './s3-intake-writer.js';

/** Up to here an object is held in memory and put as a whole. */
const WHOLE_BYTES = 8 * BLOCK_BYTES;
const PARTS_IN_FLIGHT = 2;

export interface S3Put {
  readonly area: Area;
  readonly key: string;
  readonly source: AsyncIterable<Buffer> | Iterable<Buffer>;
  readonly sizeBytes: number;
  readonly budget: FlightBudget;
}

/**
 * Stores an object in one go: a rendition, or an original a second time. Nothing becomes visible before its length is known to be right: small ones are counted in
 * memory first, large ones are multipart uploads that are completed last, or dropped.
 */
export async function putS3Object(s3: S3Connection, put: S3Put): Promise<StoredObject> {
  const { area, key, sizeBytes } = put;
  const versionId = sizeBytes <= WHOLE_BYTES ? await putWhole(s3, put) : await putInParts(s3, put);
  return { area, key, versionId, sizeBytes };
}

async function putWhole(s3: S3Connection, { area, key, source, sizeBytes }: S3Put): Promise<string | null> {
  const bytes: Buffer[] = [];
  for await (const block of blocksOf(source, sizeBytes)) bytes.push(block);
  const stored = await s3.putBytes({ area, key }, bytes).catch((error: unknown) => {
    throw fromS3(error, 'store object');
  });
  return stored.versionId;
}

async function putInParts(s3: S3Connection, put: S3Put): Promise<string | null> {
  const { area, key, source, sizeBytes, budget } = put;
  const bucket = s3.bucket(area);
  const handle = await s3.call('store object', () => s3.client.initiateNewMultipartUpload(bucket, key, {}));
  const parts: StoredPart[] = [];
  const intake = { key, handle, partBlocks: choosePartBlocks(sizeBytes) };
  const target = { connection: s3, intake, area, offsetBytes: 0, nextPart: 1, partsInFlight: PARTS_IN_FLIGHT, budget };
  const writer = new S3IntakeWriter(target, { onPart: (part) => parts.push(part), onReleased: () => undefined });
  try {
    for await (const block of blocksOf(source, sizeBytes)) await writer.write(block);
    await writer.flush({ last: true });
    const etags = parts.map(({ number, etag }) => ({ part: number, etag }));
    const made = await s3.call('store object', () => s3.client.completeMultipartUpload(bucket, key, handle, etags));
    return made.versionId;
  } catch (error) {
    await writer.abandon();
    await s3.client.abortMultipartUpload(bucket, key, encodeURIComponent(handle)).catch(() => undefined);
    throw error;
  }
}

/** The source cut into blocks of 1 MiB. */
async function* blocksOf(source: S3Put['source'], sizeBytes: number): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, sizeBytes));
  let filled = 0;
  let total = 0;
  for await (const bytes of source) {
    total += bytes.length;
    if (total > sizeBytes) break;
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(block, filled, at);
      at += copied;
      filled += copied;
      if (filled < BLOCK_BYTES) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      filled = 0;
    }
  }
  if (total !== sizeBytes) {
    throw new ArchiveError('invalid-input', `the source does not hold the ${sizeBytes} bytes announced`);
  }
  if (filled > 0) yield block.subarray(0, filled);
}
