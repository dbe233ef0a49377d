/** Resolves when the process is asked to end: Ctrl-C, `kill`, or a closed terminal. A second time ends it at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((done) => {
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
