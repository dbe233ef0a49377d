import type { JobLog } from './catalogue.js';

const QUIET_MS = 10_000;

/**
 * For errors of the connection. While a server is away every queue reports the same error several times a second:
 * each is logged once in a while.
 */
export function logErrors(log: JobLog): (error: unknown) => void {
  const loggedAt = new Map<string, number>();
  return (error) => {
    const message = error instanceof Error ? error.message : String(error);
    const now = Date.now();
    if (now - (loggedAt.get(message) ?? 0) < QUIET_MS) {
      return;
    }
    if (loggedAt.size > 100) {
      loggedAt.clear();
    }
    loggedAt.set(message, now);
    log.warn({ error: message }, 'queue error');
  };
}
