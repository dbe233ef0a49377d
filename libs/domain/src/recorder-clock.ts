import type { Id } from './ids.js';
import type { Label } from './rule-mistakes.js';

/** A recorder may go wrong by this much a day (GA/T 947.2, 6.4.17). */
export const DRIFT_LIMIT_MS_PER_DAY = 3_000;
/** A clock that shows a time this far from the recording's was put right, or lost, in between. */
const ONE_RUN_MS = 31 * 86_400_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Clocks that were never set begin in 1970, 1980 or 2000. */
const FIRST_PLAUSIBLE_YEAR = 2005;
/** Containers and names are written some moments apart. */
const WHOLE_HOUR_SLACK_MS = 120_000;

/** By what a clock was measured: the dock's time, a recording of a clock that is right, or read off by a person. */
export const CLOCK_SOURCES = ['dock', 'reference-recording', 'read-off'] as const;
export type ClockSource = (typeof CLOCK_SOURCES)[number];

/** At a moment the recorder's clock showed this. */
export interface ClockMeasurement {
  readonly id: Id;
  /** When it really was. */
  readonly at: Date;
  /** What the recorder showed then. */
  readonly deviceAt: Date;
  readonly source: ClockSource;
  /** The clock was put right afterwards. */
  readonly wasSet: boolean;
}

/** Device minus true. */
export function errorOf({ at, deviceAt }: ClockMeasurement): number {
  return deviceAt.getTime() - at.getTime();
}

export interface Correction {
  readonly offsetMs: number;
  readonly measurement: ClockMeasurement;
}

/**
 * Which measurement says how wrong the clock was when this was recorded. A recorder is measured where its clips are
 * handed in: the measurement nearest to the receipt counts. One before which the clock was put right holds for what
 * was recorded before it; for what was recorded after it the clock was right. One that showed a time more than a month
 * from the recording's tells of another run of the clock. Null: nobody measured.
 */
export function correctionFor(
  measurements: readonly ClockMeasurement[],
  { deviceAt, receivedAt }: { readonly deviceAt: Date; readonly receivedAt: Date },
): Correction | null {
  let best: Correction | null = null;
  for (const measurement of measurements) {
    const offsetMs = errorAt(measurement, deviceAt, receivedAt);
    if (offsetMs === null) continue;
    const isNearer = best === null || distance(measurement, receivedAt) < distance(best.measurement, receivedAt);
    if (isNearer) best = { offsetMs, measurement };
  }
  return best;
}

function errorAt(measurement: ClockMeasurement, deviceAt: Date, receivedAt: Date): number | null {
  const { at, wasSet } = measurement;
  const isAfterSetting = wasSet && deviceAt >= at && deviceAt <= receivedAt;
  if (isAfterSetting) return deviceAt.getTime() - at.getTime() <= ONE_RUN_MS ? 0 : null;
  return Math.abs(measurement.deviceAt.getTime() - deviceAt.getTime()) <= ONE_RUN_MS ? errorOf(measurement) : null;
}

function distance({ at }: ClockMeasurement, receivedAt: Date): number {
  return Math.abs(at.getTime() - receivedAt.getTime());
}

export interface Drift {
  readonly fromId: Id;
  readonly toId: Id;
  /** Gained a day; negative where it loses. */
  readonly msPerDay: number;
  readonly isTooMuch: boolean;
}

/** How fast the clock goes wrong between measurements that follow one another. Under an hour apart they say nothing. */
export function driftsOf(measurements: readonly ClockMeasurement[]): Drift[] {
  const ordered = [...measurements].sort((a, b) => a.at.getTime() - b.at.getTime());
  return ordered.slice(1).flatMap((to, i): Drift[] => {
    const from = ordered[i];
    const days = from === undefined ? 0 : (to.at.getTime() - from.at.getTime()) / DAY_MS;
    if (from === undefined || days < HOUR_MS / DAY_MS) return [];
    const gained = errorOf(to) - (from.wasSet ? 0 : errorOf(from));
    // Put right by somebody who did not say so, or lost: a jump is no drift.
    if (Math.abs(gained) >= HOUR_MS) return [];
    const msPerDay = Math.round(gained / days);
    return [{ fromId: from.id, toId: to.id, msPerDay, isTooMuch: Math.abs(msPerDay) > DRIFT_LIMIT_MS_PER_DAY }];
  });
}

/** Recorders that lost their clock say 1970 or 2000; nothing was recorded a day after it was received. */
export function isPlausibleTime(at: Date, receivedAt: Date): boolean {
  return at.getUTCFullYear() >= FIRST_PLAUSIBLE_YEAR && at.getTime() <= receivedAt.getTime() + DAY_MS;
}

export type TimeFlagCode = 'clock-lost' | 'after-receipt' | 'hours-off' | 'outside-case' | 'outside-step' | 'drift';

export interface TimeFlag {
  readonly code: TimeFlagCode;
  readonly words: Label;
}

export interface TimedMaterial {
  /** What the device said, as an instant; null when it said nothing that is a time. */
  readonly deviceAt: Date | null;
  /** What the file itself says beside it (container, EXIF), where both speak. */
  readonly fileAt: Date | null;
  /** Device minus true, as measured; 0 when nobody measured. */
  readonly offsetMs: number;
  readonly receivedAt: Date;
  readonly caseSpan: Span | null;
  readonly stepSpan: Span | null;
  /** Of its recorder, the worst known; null when there is none. */
  readonly drift: Drift | null;
}

export interface Span {
  readonly from: Date;
  /** Null: still going on. */
  readonly to: Date | null;
}

/**
 * What is not right with the time of a recording, in words for whoever sorts it. Nothing is put right by this: the
 * raw value stays, and only a measured offset corrects it.
 */
export function timeFlagsOf(material: TimedMaterial): TimeFlag[] {
  const { deviceAt, fileAt, offsetMs, receivedAt, caseSpan, stepSpan, drift } = material;
  const flags: TimeFlag[] = [];
  if (drift?.isTooMuch === true) flags.push(driftFlag(drift));
  if (deviceAt === null) return flags;
  const at = new Date(deviceAt.getTime() - offsetMs);
  if (fileAt !== null) flags.push(...hoursOff(deviceAt, fileAt));
  if (at.getUTCFullYear() < FIRST_PLAUSIBLE_YEAR) {
    flags.push({
      code: 'clock-lost',
      words: {
        zh: `记录仪时钟已失准（显示 ${deviceAt.getUTCFullYear()} 年），请测定时差后校正`,
        en: `The recorder had lost its clock (it says ${deviceAt.getUTCFullYear()}); measure its offset`,
      },
    });
    return flags;
  }
  if (at > receivedAt) flags.push(afterReceipt(at, receivedAt));
  if (caseSpan !== null && isOutside(at, caseSpan))
    flags.push({
      code: 'outside-case',
      words: { zh: '拍摄时间不在案件办理期间', en: 'The time is outside the case' },
    });
  else if (stepSpan !== null && isOutside(at, stepSpan))
    flags.push({
      code: 'outside-step',
      words: { zh: '拍摄时间不在该环节起止时间内', en: 'The time is outside the step' },
    });
  return flags;
}

/** By whole hours: one of them takes local time for UTC, or the other way round. */
function hoursOff(deviceAt: Date, fileAt: Date): TimeFlag[] {
  const difference = deviceAt.getTime() - fileAt.getTime();
  const hours = Math.round(difference / HOUR_MS);
  if (hours === 0 || Math.abs(hours) > 26) return [];
  if (Math.abs(difference - hours * HOUR_MS) > WHOLE_HOUR_SLACK_MS) return [];
  const sign = hours > 0 ? '+' : '−';
  const shown = Math.abs(hours);
  return [
    {
      code: 'hours-off',
      words: {
        zh: `文件名时间与文件内时间相差 ${sign}${shown} 小时，多为时区设置有误`,
        en: `The name and the file differ by ${sign}${shown} h: a wrong time zone, most likely`,
      },
    },
  ];
}

function afterReceipt(at: Date, receivedAt: Date): TimeFlag {
  const minutes = Math.ceil((at.getTime() - receivedAt.getTime()) / 60_000);
  return {
    code: 'after-receipt',
    words: {
      zh: `拍摄时间晚于接收时间（约 ${spanText(minutes).zh}），记录仪时钟偏快或时区有误`,
      en: `It is dated after its receipt (by about ${spanText(minutes).en}): the clock is fast, or its zone wrong`,
    },
  };
}

function driftFlag({ msPerDay }: Drift): TimeFlag {
  const seconds = Math.round(Math.abs(msPerDay) / 100) / 10;
  return {
    code: 'drift',
    words: {
      zh: `记录仪走时误差每天 ${seconds} 秒，超过 3 秒`,
      en: `The recorder drifts ${seconds} s a day, more than 3 s`,
    },
  };
}

function spanText(minutes: number): Label {
  if (minutes < 120) return { zh: `${minutes} 分钟`, en: `${minutes} min` };
  const hours = Math.round(minutes / 60);
  return { zh: `${hours} 小时`, en: `${hours} h` };
}

function isOutside(at: Date, { from, to }: Span): boolean {
  return at < from || (to !== null && at > to);
}
