import { jest } from '@jest/globals';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { checked, MEBIBYTE } from '../archive/work.js';
import { surviveEveryPoint } from './survival.js';

// A process of its own is started for every point.
jest.setTimeout(1_200_000);

describe('a death at any step, on the filesystem store', () => {
  let running: RunningArchive;

  beforeAll(async () => {
    running = await runArchive();
  });
  afterAll(() => checked(running));

  it('loses and doubles nothing while bytes come, are finished and sealed', async () => {
    // A tail first; then so much that a part is stored before the end.
    const points = await surviveEveryPoint({ running, pieceBytes: [1.5 * MEBIBYTE, 34 * MEBIBYTE + 7] });
    expect(points).toEqual(
      expect.arrayContaining([
        'beginIntake, done',
        'part 1, stored',
        'part 2, told',
        'finishIntake, under way',
        'finishIntake, done',
        'transaction, before the commit',
        'transaction, committed',
        'enqueue, done',
        'lock, done',
      ]),
    );
  });

  it('nor when pieces count only whole, by their checksum', async () => {
    const points = await surviveEveryPoint({ running, pieceBytes: [MEBIBYTE + 1], hasChecksums: true });
    expect(points).toEqual(expect.arrayContaining(['flush, done', 'finishIntake, done', 'transaction, committed']));
  });
});
