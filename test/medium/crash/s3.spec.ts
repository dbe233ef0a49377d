import { jest } from '@jest/globals';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3 } from '../../support/s3-server.js';
import { checked, MEBIBYTE } from '../archive/work.js';
import { surviveEveryPoint } from './survival.js';

// A process of its own is started for every point.
jest.setTimeout(1_200_000);

describe('a death at any step, on S3 with Object Lock', () => {
  let server: SharedS3;
  let running: RunningArchive;

  beforeAll(async () => {
    server = await sharedS3();
    running = await runArchive({ store: () => ({ kind: 's3', ...freshS3Config(server) }) });
  });
  afterAll(async () => {
    await checked(running);
    await server.release();
  });

  it('loses and doubles nothing while bytes come, are finished and sealed', async () => {
    // A tail first; then a part that begins with it, and a short last one.
    const points = await surviveEveryPoint({ running, pieceBytes: [1.5 * MEBIBYTE, 8 * MEBIBYTE + 7] });
    expect(points).toEqual(
      expect.arrayContaining([
        'beginIntake, done',
        'flush, done',
        'readTail, done',
        'part 1, stored',
        'part 2, told',
        'finishIntake, under way',
        'finishIntake, done',
        'transaction, before the commit',
        'transaction, committed',
        'dropTail, done',
        'enqueue, done',
        'lock, under way',
        'lock, done',
      ]),
    );
  });
});
