import { isIP } from 'node:net';
import { z } from 'zod';
import { Secret } from './secret.js';

/**
 * Kinds of values: each reads the text of a setting, and says in both languages what is wanted when it cannot.
 * No kind repeats the text it was given: it may be a secret put in the wrong place.
 */
export function both(zh: string, en: string): { readonly error: string } {
  return { error: `${zh}\n${en}` };
}

export const text = () => z.string();

export const secretText = () => z.string().transform((value) => new Secret(value));

export const secretUrl = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => isUrl(value, protocols), wantedUrl(protocols))
    .transform((value) => new Secret(value));

export const url = (...protocols: string[]) =>
  z
    .string()
    .refine((value) => isUrl(value, protocols), wantedUrl(protocols))
    .transform((value) => value.replace(/\/+$/, ''));

export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine(
      (value) => /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most,
      both(`须为 ${least} 至 ${most} 的整数`, `must be a whole number from ${least} to ${most}`),
    )
    .transform(Number);

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Bytes, with KiB, MiB, GiB or TiB if one likes: `64GiB`. */
export const sizeBytes = (leastBytes: number) =>
  z
    .string()
    .transform((value) => {
      const [, number, unit = ''] = /^(\d{1,15}) ?([KMGT]iB)?$/.exec(value) ?? [];
      return number === undefined ? Number.NaN : Number(number) * (UNITS[unit] ?? Number.NaN);
    })
    .refine(
      (bytes) => Number.isSafeInteger(bytes) && bytes >= leastBytes,
      both(
        `须为字节数，可带 KiB、MiB、GiB、TiB，不小于 ${leastBytes}`,
        `must be bytes, with KiB, MiB, GiB or TiB if you like, at least ${leastBytes}`,
      ),
    );

export const yesOrNo = () =>
  z
    .string()
    .refine((value) => value === 'true' || value === 'false', both('须为 true 或 false', 'must be true or false'))
    .transform((value) => value === 'true');

export const oneOf = <const T extends readonly string[]>(...values: T) => {
  const list = values.join(', ');
  return z.enum(values, both(`须为以下之一：${list}`, `must be one of: ${list}`));
};

const NETWORK = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/;

export const networks = () =>
  z
    .string()
    .transform(splitList)
    .refine(
      (list) => list.every(isNetwork),
      both('须为以逗号分隔的 IP 地址或网段', 'must be IP addresses or networks (a.b.c.d/n), separated by commas'),
    );

export const hostsWithPorts = () =>
  z
    .string()
    .transform((value) =>
      splitList(value).map((item) => {
        const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(item) ?? [];
        return { host, port: Number(port) };
      }),
    )
    .refine(
      (hosts) => hosts.length > 0 && hosts.every(({ host, port }) => host !== '' && port > 0 && port < 65_536),
      both('须为以逗号分隔的 主机:端口', 'must be host:port, separated by commas'),
    );

/** One address to listen on; IPv6 in brackets. Port 0 lets the system choose. */
export const hostWithPort = () =>
  z
    .string()
    .transform((value) => {
      const [, bracketed, plain = '', port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? [];
      return { host: bracketed ?? plain, port: port === '' ? Number.NaN : Number(port) };
    })
    .refine(({ port }) => port < 65_536, both('须为 主机:端口', 'must be host:port'));

/** Separated by blanks. */
export const words = () => z.string().transform((value) => value.split(/\s+/).filter((word) => word !== ''));

/** A part of the day, in minutes after midnight; it may pass midnight. */
export interface HoursOfDay {
  readonly fromMinute: number;
  readonly toMinute: number;
}

export const hoursOfDay = () =>
  z
    .string()
    .refine(
      (value) => value === 'none' || /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(value),
      both('须为 时:分-时:分（如 22:00-06:00）或 none', 'must be hh:mm-hh:mm (such as 22:00-06:00) or none'),
    )
    .transform((value): HoursOfDay | null => {
      const [h1 = 0, m1 = 0, h2 = 0, m2 = 0] = value.split(/[:-]/).map(Number);
      return value === 'none' ? null : { fromMinute: h1 * 60 + m1, toMinute: h2 * 60 + m2 };
    });

export const timeZone = () => z.string().refine(isTimeZone, both('不是已知的时区', 'is not a known time zone'));

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isNetwork(value: string): boolean {
  const [, address = '', bits] = NETWORK.exec(value) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128));
}

function isUrl(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol.replace(/:$/, ''));
}

function wantedUrl(protocols: readonly string[]) {
  const list = protocols.map((protocol) => `${protocol}://`).join(' 或 ');
  return both(`须为 ${list} 开头的地址`, `must be an address that begins with ${list.replaceAll('或', 'or')}`);
}

function isTimeZone(value: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
