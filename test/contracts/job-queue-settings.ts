import type { JobLog, QueueTimings } from '#jobs';

/** Short where production is patient, so that what follows a death can be seen in a test. */
export const FAST: QueueTimings = {
  answerMs: 2_000,
  lockMs: 1_500,
  stalledCheckMs: 500,
  reconnectMs: 200,
  abortGraceMs: 300,
  scheduleCheckMs: 300,
};

const nothing = () => undefined;
export const SILENT: JobLog = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => SILENT };
