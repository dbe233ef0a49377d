import { type AssetKind, type ContentsItem, type DossierContents, isRecording } from '#domain';
import type { ListPlan, Row } from './list-document.js';
import { dateText, frameOf, remarksOf, stepText } from './list-words.js';

const KINDS: Record<AssetKind, string> = {
  video: '录像',
  sound: '录音',
  photo: '照片',
  paper: '文书',
  other: '其他',
  unknown: '其他',
};

/** 卷内目录: papers and pictures in the order of the steps, pages counted through; recordings have a list of their own. */
export function contentsPlan(contents: DossierContents): ListPlan {
  const { zoneMinutes } = contents;
  const rows: Row[] = [];
  let number = 0;
  let page = 1;
  for (const step of contents.steps) {
    const items = step.items.filter(({ kind }) => !isRecording(kind));
    if (items.length > 0) rows.push({ heading: stepText(step) });
    for (const item of items) {
      number += 1;
      const pages = pagesOf(item);
      const date = `${dateText(item.at, zoneMinutes)}${item.atSource === 'device' ? '' : '*'}`;
      const { name, form } = nameOf(item.fileName);
      const remarks = [`${KINDS[item.kind]} ${form}`.trim(), ...remarksOf(item)].map((text) => ({ text }));
      rows.push({ cells: [String(number), name, '', date, pages === null ? '—' : pagesText(page, pages), remarks] });
      page += pages ?? 0;
    }
  }
  const recordings = contents.steps.flatMap(({ items }) => items).filter(({ kind }) => isRecording(kind)).length;
  if (recordings > 0) {
    rows.push({ heading: '录音录像' });
    const cells = [String(number + 1), `录音录像资料 ${recordings} 件（见《录音录像清单》）`, '', '', '—', '另见清单'];
    rows.push({ cells });
  }
  if (rows.length === 0) rows.push({ heading: '截至所列时点，本案没有归入材料。' });
  return {
    ...{ title: '卷内目录', subtitle: 'Contents of the case file', layout: 'portrait', ...frameOf(contents), rows },
    columns: [
      { zh: '序号', en: 'No.', widthMm: 12, align: 'center' },
      { zh: '题　名', en: 'Title', widthMm: 64 },
      { zh: '文　号', en: 'Document no.', widthMm: 26 },
      { zh: '日　期', en: 'Date', widthMm: 24, align: 'center' },
      { zh: '页　号', en: 'Pages', widthMm: 18, align: 'center' },
      { zh: '备　注', en: 'Remarks', widthMm: 26 },
    ],
    notes: [
      '日期取自材料自身；标 * 的材料自身未载明时间，所列为接收日期。 * No time in the material itself: the day it was received.',
      '页号为电子卷宗连续页号；“—”表示不按页计。文号由归档人员据原件填写。 Pages are counted through; “—”: has no pages.',
    ],
  };
}

/** A picture is one page. Null: has no pages that are known. */
function pagesOf({ kind, pageCount }: ContentsItem): number | null {
  return pageCount ?? (kind === 'photo' ? 1 : null);
}

function pagesText(first: number, count: number): string {
  return count <= 1 ? String(first) : `${first}–${first + count - 1}`;
}

/** The name of a paper is that of its file without the ending, which says what kind of file it is. */
function nameOf(fileName: string): { readonly name: string; readonly form: string } {
  const [, name, ending] = /^(.+)\.([A-Za-z0-9]{1,5})$/.exec(fileName) ?? [];
  return { name: name ?? fileName, form: (ending ?? '').toUpperCase() };
}
