import type { CheckFacts, EventValue } from '#domain';
import type { EventFields } from '../ledger/append-events.js';

/** As events write names. */
export function fieldsOf({ range, ...facts }: CheckFacts): EventFields {
  const fields: Record<string, EventValue> = {};
  for (const [name, value] of Object.entries(facts)) fields[snakeCase(name)] = value;
  if (range) Object.assign(fields, { range_start_ms: range.startMs, range_end_ms: range.endMs });
  return fields;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
