import type { ContentsItem, ContentsStep, DossierContents } from '#domain';
import type { ListPlan } from './list-document.js';

/** Longer texts of a person are cut: the whole stands in the record. */
const MAX_WORDS = 120;

/** What stands over and under both lists. */
export function frameOf(contents: DossierContents): Pick<ListPlan, 'about' | 'foot' | 'at'> {
  const { caseNumber, caseTitle, unitName, procedure, dossierId, asOf, zoneMinutes } = contents;
  const until = `${timeText(asOf, zoneMinutes)}（${zoneText(zoneMinutes)}）`;
  return {
    about: [
      ['案　　号 No.', caseNumber],
      ['案件名称 Case', caseTitle],
      ['办案单位 Unit', unitName],
      ['执法程序 Procedure', procedure.zh],
      ['案卷编号 Dossier', dossierId],
      ['截　　至 As of', `${until}，此前归入本案的材料全部在内 complete`],
    ],
    foot: [
      `${caseNumber}　截至 complete as of ${until}`,
      `据存证记录自动制作，非原始证据；原件与记录以案卷核验结果为准　Made from the record; not evidence itself　${dossierId}`,
    ],
    at: new Date(asOf),
  };
}

export function stepText({ title, n }: ContentsStep): string {
  return n === null ? title.zh : `${title.zh}（第${n}次）`;
}

/** `2026-11-21 16:00:00` in the agency's time. */
export function timeText(at: string, zoneMinutes: number): string {
  return new Date(Date.parse(at) + zoneMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

export function dateText(at: string, zoneMinutes: number): string {
  return timeText(at, zoneMinutes).slice(0, 10);
}

export function zoneText(minutes: number): string {
  if (minutes === 480) return '北京时间 UTC+8';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** `1:02:03` */
export function lengthText(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return [hours, ...[minutes, seconds % 60].map((part) => String(part).padStart(2, '0'))].join(':');
}

const UNITS = ['字节', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units, three digits. */
export function sizeText(sizeBytes: number): string {
  const step = sizeBytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(sizeBytes) / 3), UNITS.length - 1);
  const value = sizeBytes / 1_000 ** step;
  return `${step === 0 ? value : value.toPrecision(3)} ${UNITS[step]}`;
}

export function bytesText(sizeBytes: number): string {
  return `${String(sizeBytes).replace(/\B(?=(\d{3})+$)/g, ',')} 字节`;
}

/** What both lists remark on an original. */
export function remarksOf({ custody, purpose, range }: ContentsItem): string[] {
  return [
    ...(custody === 'quarantined' ? ['核对不符，已隔离'] : []),
    ...(range === null ? [] : [`取 ${lengthText(range.startMs)} 至 ${lengthText(range.endMs)}`]),
    ...(purpose === null || purpose === '' ? [] : [shortened(purpose)]),
  ];
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_WORDS ? text : `${characters.slice(0, MAX_WORDS).join('')}…`;
}
