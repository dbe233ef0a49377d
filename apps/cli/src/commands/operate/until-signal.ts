import { onReaderGone } from '../../terminal/reader-gone.js';

/** Resolves when the process is asked to end: Ctrl-C, `kill`, a closed terminal or a closed pipe. A second time ends it at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((done) => {
    onReaderGone(() => done('SIGPIPE'));
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      let count = 0;
      process.on(name, () => {
        count += 1;
        if (count > 2) process.exit(130);
        done(name);
      });
    }
  });
}
