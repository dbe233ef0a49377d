import {
  DOSSIER_TEXT,
  type DossierFinding,
  type DossierItem,
  type DossierReport,
  ITEM_TEXT,
  VERDICT_TEXT,
} from '#dossier';
import { sizeText } from '../../terminal/quantities.js';
import { tableLines } from '../../terminal/table.js';
import { printable } from './check-outcome.js';
import type { Refused } from './package-files.js';

/** A report as people read it: a line for each thing checked, what is wrong beneath, the verdict last. */
export function reportLines(report: DossierReport): string[] {
  const columns = [{ title: '结果 result' }, { title: '项目 what', max: 40 }, { title: '对象 which', max: 70 }];
  const rows = report.items.map(({ verdict, kind, subject }) => [
    verdict,
    `${ITEM_TEXT[kind].zh} ${ITEM_TEXT[kind].en}`,
    subject === null ? '' : printable(subject),
  ]);
  return [
    ...tableLines(columns, rows),
    '',
    ...report.items.flatMap(findingLines),
    ...factLines(report),
    '',
    ...verdictLines(report),
  ];
}

function findingLines({ kind, subject, findings }: DossierItem): string[] {
  return findings.flatMap((finding) => {
    const { zh, en } = DOSSIER_TEXT[finding.reason];
    const about = subject === null ? ITEM_TEXT[kind].zh : printable(subject);
    return [
      `${finding.verdict}  ${about}: ${zh} ${en}`,
      `    [${finding.reason}] ${printable(finding.detail)}${placeOf(kind, finding)}`,
    ];
  });
}

function placeOf(kind: DossierItem['kind'], { offset }: DossierFinding): string {
  if (offset === null) return '';
  return kind === 'original' ? `（字节 byte ${offset}）` : `（行 line ${offset}）`;
}

function factLines({ counts, asOf, origin, dossierId, cosignedBy, stamped }: DossierReport): string[] {
  return [
    '',
    `案卷 dossier: ${printable(dossierId ?? '?')}  日志 log: ${printable(origin ?? '?')}`,
    `文件 files: ${counts.files}  原件等 payload: ${sizeText(counts.bytes)}  事件 events: ${counts.events}`,
    `个人信息 personal fields: 公开 opened ${counts.opened}，未公开 withheld ${counts.withheld}`,
    ...cosignedBy.map(({ witness, at }) => `见证 cosigned: ${printable(witness)} ${at}`),
    ...stamped.map(
      ({ at, authority, size, expiredNow }) =>
        `时间戳 time-stamp: ${at} ${printable(authority)}（日志至 log of ${size}）${expiredNow ? '证书已过期 certificate has ended' : ''}`,
    ),
    asOf === null
      ? '截止时点不明 It is not shown up to when this is complete'
      : `完整截至 complete as of ${asOf.at}（日志至 log of ${asOf.size}）；此后之事不在其中 what came later is not in it`,
  ];
}

function verdictLines({ verdict, selfConsistentOnly, items }: DossierReport): string[] {
  const count = (wanted: string): number => items.filter((item) => item.verdict === wanted).length;
  const only = '未提供包外密钥，至多前后一致 without keys from outside: self-consistent only';
  return [
    `通过 PASS ${count('PASS')} · 不符 FAIL ${count('FAIL')} · 未核 NOT CHECKED ${count('NOT CHECKED')}`,
    ...(selfConsistentOnly ? [only] : []),
    `${VERDICT_TEXT[verdict].zh} ${verdict}`,
  ];
}

export function refusedLines({ code, message, isUnknown }: Refused): string[] {
  const verdict = isUnknown ? 'NOT CHECKED' : 'FAIL';
  return [`[${code}] ${printable(message)}`, `${VERDICT_TEXT[verdict].zh} ${verdict}`];
}
