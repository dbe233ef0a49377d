import type { ColumnOptions } from 'typeorm';

/** bigint reaches JavaScript as text; every number kept here (sizes, times, sequence numbers) is below 2^53. */
const whole = {
  to: (value: number | null | undefined): number | null | undefined => value,
  from: (value: string | null): number | null => (value === null ? null : Number(value)),
};

export const BIGINT: ColumnOptions = { type: 'bigint', transformer: whole };
export const TIME: ColumnOptions = { type: 'timestamptz' };
export const MAYBE_BIGINT: ColumnOptions = { ...BIGINT, nullable: true };
export const MAYBE_TIME: ColumnOptions = { ...TIME, nullable: true };
export const MAYBE_TEXT: ColumnOptions = { type: 'text', nullable: true };
export const MAYBE_UUID: ColumnOptions = { type: 'uuid', nullable: true };
