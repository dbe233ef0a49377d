/** Originals are locked at least this long from receipt (half a year, and a few days for long months). */
export const MIN_RETENTION_DAYS = 183;

export function retainUntil(receivedAt: Date, days: number = MIN_RETENTION_DAYS): Date {
  return new Date(receivedAt.getTime() + days * 86_400_000);
}
