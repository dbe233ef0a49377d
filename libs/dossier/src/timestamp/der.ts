import { concat } from './asn1.js';

/** One DER value: identifier octet, length in its shortest form, content (X.690 §10.1). */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concat(contents);
  const { length } = content;
  if (length < 0x80) return concat([Uint8Array.of(tag, length), content]);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return concat([Uint8Array.of(tag, 0x80 | octets.length, ...octets), content]);
}

/** Content of a non-negative INTEGER. */
export function integerContent(value: bigint): Uint8Array {
  const hex = value.toString(16);
  // A leading zero octet where the first bit would make it negative.
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const octets = even.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [0];
  return Uint8Array.from((octets[0] ?? 0) >= 0x80 ? [0, ...octets] : octets);
}

/** Content of an OBJECT IDENTIFIER whose arcs are below 2^31. */
export function oidContent(oid: string): Uint8Array {
  const [top = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [top * 40 + second, ...rest]) {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift(0x80 | (left & 0x7f));
    octets.push(...groups);
  }
  return Uint8Array.from(octets);
}
