import { type ContentsItem, type DossierContents, isRecording } from '#domain';
import type { Cell, ListPlan, Row } from './list-document.js';
import { bytesText, frameOf, lengthText, remarksOf, sizeText, stepText, timeText } from './list-words.js';

/** 录音录像清单: every recording of the case in the order of the steps, with the digest that was sealed. */
export function recordingsPlan(contents: DossierContents): ListPlan {
  const rows: Row[] = [];
  const listed: ContentsItem[] = [];
  for (const step of contents.steps) {
    for (const item of step.items.filter(({ kind }) => isRecording(kind))) {
      listed.push(item);
      rows.push({ cells: [String(listed.length), stepText(step), ...cellsOf(item, contents.zoneMinutes)] });
    }
  }
  rows.push({ heading: totalText(listed) });
  return {
    ...{ title: '录音录像清单', subtitle: 'Recordings of the case', layout: 'landscape', ...frameOf(contents), rows },
    columns: [
      { zh: '序号', en: 'No.', widthMm: 11, align: 'center' },
      { zh: '环节', en: 'Step', widthMm: 32 },
      { zh: '名称', en: 'Name', widthMm: 43 },
      { zh: '开始时间', en: 'Begins', widthMm: 22, align: 'center' },
      { zh: '时长', en: 'Length', widthMm: 16, align: 'center' },
      { zh: '录制人／设备', en: 'Recorded by / device', widthMm: 32 },
      { zh: '大小', en: 'Size', widthMm: 28, align: 'right' },
      { zh: 'SHA-256', en: 'of the original, as sealed', widthMm: 46 },
      { zh: '备注', en: 'Remarks', widthMm: 30 },
    ],
    notes: [
      '开始时间取自录制设备（已按测得的时差校正）；标 * 的文件未载明时间，所列为接收时间。 * No time in the file: when it was received.',
      '录制人为交存人；设备名称取自文件自身的记载。 Recorded by: who handed it in; device: as the file says.',
    ],
  };
}

function cellsOf(item: ContentsItem, zoneMinutes: number): Cell[] {
  const { fileName, at, atSource, durationMs, receivedFrom, device, sizeBytes, sha256 } = item;
  const [day, clock] = timeText(at, zoneMinutes).split(' ');
  return [
    fileName,
    [{ text: day ?? '' }, { text: `${clock}${atSource === 'device' ? '' : '*'}` }],
    durationMs === null ? '不详' : lengthText(durationMs),
    [{ text: receivedFrom }, ...(device === null ? [] : [{ text: device, size: 8, isQuiet: true }])],
    [{ text: sizeText(sizeBytes) }, { text: bytesText(sizeBytes), size: 6.5, isQuiet: true }],
    sha256 === null ? '未封存' : digestLines(sha256),
    remarksOf(item).map((text) => ({ text })),
  ];
}

/** Two lines of 32 digits, so that two people can read it to each other. */
function digestLines(sha256: string): Cell {
  const hex = sha256.slice('sha256:'.length);
  return [hex.slice(0, 32), hex.slice(32)].map((text) => ({ text, font: 'mono', size: 7 }) as const);
}

function totalText(listed: readonly ContentsItem[]): string {
  if (listed.length === 0) return '截至所列时点，本案没有归入录音录像。';
  const durationMs = listed.reduce((sum, item) => sum + (item.durationMs ?? 0), 0);
  const sizeBytes = listed.reduce((sum, item) => sum + item.sizeBytes, 0);
  return `合计 ${listed.length} 件　时长 ${lengthText(durationMs)}　大小 ${sizeText(sizeBytes)}（${bytesText(sizeBytes)}）`;
}
