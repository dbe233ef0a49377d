import pino from 'pino';

/** The command line says what matters itself: of the libraries only warnings are kept, on stderr. */
export const quietLog = pino({ level: 'warn', base: { app: 'cli' } }, pino.destination({ dest: 2, sync: true }));
