import { EXIT } from '../exit-codes.js';

let stop: (() => void) | null = null;
let isGone = false;

/** What is to be done in place of ending at once, by a verb that runs servers. */
export function onReaderGone(work: () => void): void {
  stop = work;
}

/**
 * For errors of stdout and stderr. Whoever read what we say has read enough (`liuhen … | head -1`): a verb that runs
 * servers stops them in order, any other ends as programs do that nobody listens to; neither says a word.
 */
export function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  if (isGone) return;
  isGone = true;
  if (stop === null) process.exit(EXIT.readerGone);
  stop();
}
