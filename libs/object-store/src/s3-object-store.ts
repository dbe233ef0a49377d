import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ArchiveError } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import { streamBlocks } from './block-reader.js';
import { rangeWithin } from './byte-range.js';
import { fromDisk, removeFile } from './disk.js';
import { FlightBudget } from './flight-budget.js';
import { choosePartBlocks, endOfParts } from './intake-shape.js';
import { checkKey, checkPrefix, keys } from './keys.js';
import type {
  Area,
  BlockReader,
  ByteRange,
  Intake,
  IntakeProgress,
  IntakeWriter,
  IntakeWriterOptions,
  LockTest,
  ObjectStore,
  ObjectVersion,
  Retention,
  StoredObject,
  StoredPart,
  StoredTail,
} from './object-store.js';
import { prepareBuckets } from './s3-buckets.js';
import type { S3StoreConfig } from './s3-connection.js';
import { S3Connection } from './s3-connection.js';
import { fromS3, S3Failure } from './s3-errors.js';
import { dropUpload, finishS3Intake } from './s3-finish.js';
import { S3IntakeWriter } from './s3-intake-writer.js';
import type { NamedVersion } from './s3-lock.js';
import { lockVersion, retentionOf } from './s3-lock.js';
import { testS3Lock } from './s3-lock-test.js';
import { putS3Object } from './s3-put.js';
import { exactBody } from './s3-request.js';
import { listS3Versions, statS3 } from './s3-versions.js';
import { chunksOf } from './source.js';

export type { S3StoreConfig } from './s3-connection.js';

const DEFAULT_PARTS_IN_FLIGHT = 4;
const CHECK_MS = 5_000;
const DEFAULT_BYTES_IN_FLIGHT = 128 * BLOCK_BYTES;

/** Objects on an S3 server with versions and Object Lock (Ceph RGW, MinIO and its forks, AWS). */
export class S3ObjectStore implements ObjectStore {
  readonly kind = 's3';
  readonly #s3: S3Connection;
  readonly #config: S3StoreConfig;
  readonly #budget: FlightBudget;

  /** @throws ArchiveError `invalid-input` for an endpoint or buckets that must not be used */
  constructor(config: S3StoreConfig) {
    this.#config = config;
    this.#s3 = new S3Connection(config);
    this.#budget = new FlightBudget(config.bytesInFlight ?? DEFAULT_BYTES_IN_FLIGHT);
  }

  prepare(): Promise<void> {
    const { region, allowUnlocked = false } = this.#config;
    return prepareBuckets(this.#s3, { region, allowUnlocked });
  }

  identity(): null {
    return null;
  }

  /** Asked once, and not waited for longer than readiness may take. */
  async check(): Promise<void> {
    const bucket = this.#s3.bucket('vault');
    const late = new AbortController();
    const silence = sleep(CHECK_MS, null, { signal: late.signal });
    try {
      const found = await Promise.race([this.#s3.client.bucketExists(bucket), silence]);
      if (found === null) throw new S3Failure('', 0, `no answer within ${CHECK_MS} ms`);
      if (!found) throw new ArchiveError('storage-unavailable', `bucket ${bucket} is gone`);
    } catch (error) {
      throw fromS3(error, 'reach store');
    } finally {
      silence.catch(() => undefined);
      late.abort();
    }
  }

  async freeBytes(): Promise<number | null> {
    return null;
  }

  async beginIntake(key: string, expectedSizeBytes: number | null): Promise<Intake> {
    checkKey(key);
    const partBlocks = choosePartBlocks(expectedSizeBytes);
    const bucket = this.#s3.bucket('vault');
    if ((await this.listVersions('vault', key)).length > 0) {
      throw new ArchiveError('object-exists', `an object is already at ${key}`);
    }
    const handle = await this.#s3.call('begin upload', () =>
      this.#s3.client.initiateNewMultipartUpload(bucket, key, {}),
    );
    return { key, handle, partBlocks };
  }

  async resumeIntake(
    intake: Intake,
    parts: readonly StoredPart[],
    options: IntakeWriterOptions,
  ): Promise<IntakeWriter> {
    checkKey(intake.key);
    const offsetBytes = endOfParts(parts);
    return new S3IntakeWriter(
      {
        connection: this.#s3,
        intake,
        area: 'vault',
        offsetBytes,
        nextPart: parts.length + 1,
        partsInFlight: this.#config.partsInFlight ?? DEFAULT_PARTS_IN_FLIGHT,
        budget: this.#budget,
      },
      options,
    );
  }

  readTail(_intake: Intake, tail: StoredTail): Promise<Readable> {
    return this.read({ area: 'staging', key: tail.key, versionId: null, sizeBytes: tail.sizeBytes });
  }

  dropTail(_intake: Intake, tail: StoredTail): Promise<void> {
    return this.remove('staging', tail.key);
  }

  async finishIntake(intake: Intake, progress: IntakeProgress): Promise<StoredObject> {
    checkKey(intake.key);
    const object = await finishS3Intake(this.#s3, intake, progress);
    // Tails of requests that died before they were recorded. Only tidying: the object is whole without it.
    await this.#dropTails(intake).catch(() => undefined);
    return object;
  }

  async *unfinishedIntakes(before: Date): AsyncIterable<Intake> {
    try {
      for await (const upload of this.#s3.client.uploadsIn(this.#s3.bucket('vault'))) {
        if (upload.initiated < before) yield { key: upload.key, handle: upload.uploadId, partBlocks: 1 };
      }
      if (!this.#s3.areas.includes('staging')) return;
      for await (const found of this.#objectsIn('staging', '')) {
        const key = keys.intakeOfTail(found.name);
        if (key !== null && found.lastModified < before) yield { key, handle: '', partBlocks: 1 };
      }
    } catch (error) {
      throw fromS3(error, 'list uploads');
    }
  }

  async abortIntake(intake: Intake, _tail: StoredTail | null): Promise<void> {
    checkKey(intake.key);
    if (intake.handle !== '') await dropUpload(this.#s3, intake);
    await this.#dropTails(intake);
  }

  async read(object: StoredObject, range?: ByteRange, signal?: AbortSignal): Promise<Readable> {
    checkKey(object.key);
    const { area, key, versionId } = versioned(object);
    const { start, end } = rangeWithin(object, range);
    if (start === end) {
      await this.stat(object);
      return Readable.from([]);
    }
    const query = versionId === null ? {} : { versionId };
    const headers = { range: `bytes=${start}-${end - 1}` };
    try {
      const response = await this.#s3.get({ area, key, query, signal }, headers);
      const length = response.headers['content-length'];
      if (length !== String(end - start)) {
        response.destroy();
        throw new S3Failure('', 0, `asked for ${end - start} bytes, the server would send ${length}`);
      }
      return exactBody(response, end - start, { timeoutMs: this.#s3.line.timeoutMs, signal });
    } catch (error) {
      throw fromS3(error, 'read object');
    }
  }

  async readBlocks(object: StoredObject, signal?: AbortSignal): Promise<BlockReader> {
    return streamBlocks(await this.read(object, undefined, signal));
  }

  async stat(object: StoredObject): Promise<{ readonly sizeBytes: number }> {
    checkKey(object.key);
    return statS3(this.#s3, versioned(object));
  }

  async listVersions(area: Area, key: string): Promise<ObjectVersion[]> {
    checkKey(key);
    return listS3Versions(this.#s3, area, key);
  }

  async withLocalFile<T>(object: StoredObject, scratchDir: string, use: (path: string) => Promise<T>): Promise<T> {
    const path = join(scratchDir, `object-${randomUUID()}`);
    try {
      const body = await this.read(object);
      await pipeline(body, createWriteStream(path, { flags: 'wx', mode: 0o600 })).catch((error: unknown) => {
        throw fromDisk(error, 'copy object to scratch');
      });
      return await use(path);
    } finally {
      await removeFile(path);
    }
  }

  async lock(object: StoredObject, until: Date): Promise<Retention> {
    return lockVersion(this.#s3, lockable(object), until);
  }

  async retention(object: StoredObject): Promise<Retention> {
    return retentionOf(this.#s3, lockable(object));
  }

  testLock(): Promise<LockTest> {
    return testS3Lock(this.#s3);
  }

  async putBeside(key: string, source: Readable, sizeBytes: number): Promise<StoredObject> {
    checkKey(key);
    const chunks = chunksOf(source);
    return versioned(
      await putS3Object(this.#s3, { area: 'vault', key, source: chunks, sizeBytes, budget: this.#budget }),
    );
  }

  async put(
    area: Exclude<Area, 'vault'>,
    key: string,
    source: Readable | Buffer,
    sizeBytes: number,
  ): Promise<StoredObject> {
    checkKey(key);
    return putS3Object(this.#s3, { area, key, source: chunksOf(source), sizeBytes, budget: this.#budget });
  }

  async remove(area: Exclude<Area, 'vault'>, key: string): Promise<void> {
    checkKey(key);
    await this.#s3.call('remove object', () => this.#s3.client.removeObject(this.#s3.bucket(area), key));
  }

  async *list(area: Area, prefix: string): AsyncIterable<{ readonly key: string; readonly sizeBytes: number }> {
    checkPrefix(prefix);
    try {
      for await (const { name, size } of this.#objectsIn(area, prefix)) yield { key: name, sizeBytes: size };
    } catch (error) {
      throw fromS3(error, 'list objects');
    }
  }

  async *#objectsIn(area: Area, prefix: string): AsyncIterable<ListedObject> {
    const listing = this.#s3.client.listObjectsV2(this.#s3.bucket(area), prefix, true);
    for await (const found of listing as AsyncIterable<Partial<ListedObject>>) {
      const { name, size = 0, lastModified = new Date() } = found;
      if (name !== undefined) yield { name, size, lastModified };
    }
  }

  async #dropTails(intake: Intake): Promise<void> {
    if (!this.#s3.areas.includes('staging')) return;
    for await (const { key } of this.list('staging', keys.tails(intake.key))) await this.remove('staging', key);
  }
}

interface ListedObject {
  readonly name: string;
  readonly size: number;
  readonly lastModified: Date;
}

/** In the vault a key alone names whatever was written last, by anyone. */
function versioned(object: StoredObject): StoredObject {
  if (object.area !== 'vault' || object.versionId !== null) return object;
  throw new ArchiveError('invalid-input', 'an object in the vault is read by its version');
}

function lockable(object: StoredObject): NamedVersion {
  const { area, key, versionId } = versioned(object);
  if (area !== 'vault' || versionId === null) throw new ArchiveError('invalid-input', 'only the vault can lock');
  return { key, versionId };
}
