import type { JsonValue } from './strict-json.js';

/**
 * RFC 8785 of a value that `parseStrictJson` gave: keys by UTF-16 units, numbers and strings as ECMAScript writes them
 * (§3.2.2, §3.2.3). It is for checking bytes in browsers too; what is logged is made by the library `canonicalize`.
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
