import { chmod, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from '#domain';
import { assetRepository } from '#persistence';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { flipByteInCeph, flipByteOnDisk } from '../../support/storage-root.js';
import { MEBIBYTE } from '../archive/work.js';
import { foundBy, scrub, sealedOriginal, toldOf } from './threat-work.js';

const SIZE = 9 * MEBIBYTE + 11;
/** First and last byte of the file, both sides of the edge of a block, and the short block at the end. */
const PLACES = [0, MEBIBYTE - 1, MEBIBYTE, 5 * MEBIBYTE + 77, 9 * MEBIBYTE, SIZE - 1];

describe('T1: who owns the disk flips a byte of an original', () => {
  describe('on the filesystem', () => {
    let running: RunningArchive;
    let officer: Actor;

    beforeAll(async () => {
      running = await runArchive();
      officer = await running.person(['officer']);
    });
    afterAll(() => running.stop());

    it.each(PLACES)('at %i: its block is named, and only it', async (at) => {
      const asset = await sealedOriginal(running, officer, SIZE);
      const path = join(running.dir, 'objects', 'vault', asset.objectKey ?? '');
      await flipByteOnDisk(path, at);
      const block = Math.floor(at / MEBIBYTE);
      expect(await scrub(running, asset.id)).toEqual({
        result: 'altered',
        also: [],
        facts: { blocks: 10, firstBadBlock: block, badBlocks: 1 },
      });
      expect(await toldOf(running, asset.id)).toEqual([
        {
          result: 'altered',
          also: [],
          was: 'intact',
          cause: 'scrub',
          blocks: 10,
          first_bad_block: block,
          bad_blocks: 1,
        },
      ]);
      expect(await foundBy(running, asset.id)).toEqual(['altered']);
    });

    it('names the part of a recording that lies there, and how that was reckoned', async () => {
      const asset = await sealedOriginal(running, officer, 10 * MEBIBYTE);
      const { reader } = running.parts.database;
      await assetRepository.change(reader, asset.id, { kind: 'video', durationMs: 100_000 });
      await flipByteOnDisk(join(running.dir, 'objects', 'vault', asset.objectKey ?? ''), 3 * MEBIBYTE);
      await scrub(running, asset.id);
      expect(await toldOf(running, asset.id)).toMatchObject([
        { first_bad_block: 3, range_start_ms: 30_000, range_end_ms: 40_000, range_source: 'proportional' },
      ]);
    });

    it('says from where on an original is cut off', async () => {
      const asset = await sealedOriginal(running, officer, SIZE);
      const path = join(running.dir, 'objects', 'vault', asset.objectKey ?? '');
      await chmod(path, 0o600);
      await truncate(path, 4 * MEBIBYTE);
      expect(await scrub(running, asset.id)).toMatchObject({
        result: 'altered',
        facts: { firstBadBlock: 4, badBlocks: 6, blocks: 10, expectedBytes: SIZE, foundBytes: 4 * MEBIBYTE },
      });
    });

    it('is seen although the row and the list of blocks were made to agree', async () => {
      const asset = await sealedOriginal(running, officer, 3 * MEBIBYTE);
      const other = await sealedOriginal(running, officer, 3 * MEBIBYTE);
      await running.parts.database.reader.query(
        `UPDATE assets SET object_key = $2, block_root = $3, sha256 = $4, sm3 = $5 WHERE id = $1`,
        [asset.id, other.objectKey, other.blockRoot, other.sha256, other.sm3],
      );
      // The event of receipt says otherwise; which block it is cannot be asked of a list that is not the one it names.
      expect(await scrub(running, asset.id)).toMatchObject({ result: 'altered', facts: { firstBadBlock: 0 } });
    });
  });

  describe('on Ceph, below version and lock', () => {
    let server: SharedS3;
    let running: RunningArchive;
    let officer: Actor;

    beforeAll(async () => {
      server = await sharedS3();
      running = await runArchive({ store: () => ({ kind: 's3', ...freshS3Config(server) }) });
      officer = await running.person(['officer']);
    });
    afterAll(async () => {
      await running.stop();
      await server.release();
    });

    it.each([0, 2 * MEBIBYTE + 5])('at %i: its block is named, and only it', async (at) => {
      const asset = await sealedOriginal(running, officer, SIZE);
      expect(await scrub(running, asset.id)).toMatchObject({ result: 'intact' });
      await flipByteInCeph(server, asset.id, at);
      expect(await scrub(running, asset.id)).toEqual({
        result: 'altered',
        also: [],
        facts: { blocks: 10, firstBadBlock: Math.floor(at / MEBIBYTE), badBlocks: 1 },
      });
      expect(await foundBy(running, asset.id)).toEqual(['altered']);
    });
  });
});
