import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ContentsItem, DossierContents } from '#domain';
import { type DrawnList, drawLists, findListFonts } from '#media';

const run = promisify(execFile);
const DIGEST = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const item = (change: Partial<ContentsItem>): ContentsItem => ({
  ...{ kind: 'paper', fileName: '立案审批表.pdf', at: '2026-11-20T02:03:04.000Z', atSource: 'device' },
  ...{ durationMs: null, pageCount: 2, sizeBytes: 182_345, sha256: `sha256:${DIGEST}`, custody: 'sealed' },
  ...{ receivedFrom: '李建国', device: null, range: null, purpose: null },
  ...change,
});
const recording = (change: Partial<ContentsItem> = {}): ContentsItem =>
  item({
    ...{ kind: 'video', fileName: '现场录像.mp4', durationMs: 3_723_000, pageCount: null, sizeBytes: 1_234_567_890 },
    ...{ device: '海康 DSJ-A8', ...change },
  });
const CONTENTS: DossierContents = {
  ...{ dossierId: '019a0000-0000-7000-8000-00000000000b', caseNumber: '青市监罚〔2026〕118号' },
  ...{ caseTitle: '无照经营案', unitName: '青川市市场监督管理局', procedure: { zh: '普通程序', en: 'Ordinary' } },
  ...{ asOf: '2026-11-21T08:00:00.000Z', zoneMinutes: 480 },
  steps: [
    { title: { zh: '立案', en: 'Filing' }, n: null, items: [item({})] },
    {
      ...{ title: { zh: '现场检查', en: 'Inspection' }, n: 2 },
      items: [
        item({ fileName: '现场检查笔录.pdf', pageCount: 3, atSource: 'received' }),
        item({ kind: 'photo', fileName: '货架.jpg', pageCount: null, purpose: '证明在售' }),
        item({ fileName: '龘靐齉\u202egpj.exe', pageCount: null }),
        recording(),
        recording({ sha256: null, custody: 'quarantined', range: { startMs: 60_000, endMs: 90_000 } }),
      ],
    },
  ],
};

let dir: string;
let fonts: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-lists-'));
  const found = await findListFonts();
  if (found === null) throw new Error('fonts-noto-cjk is not installed: the lists of dossiers cannot be tested');
  fonts = found;
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function ask(tool: string, { name, bytes }: DrawnList, ...args: string[]): Promise<string> {
  await writeFile(join(dir, name), bytes);
  return (await run(tool, [...args, join(dir, name), ...(tool === 'pdftotext' ? ['-'] : [])])).stdout;
}

const drawn = async (contents: DossierContents): Promise<readonly [DrawnList, DrawnList]> =>
  (await drawLists(contents, fonts)) as [DrawnList, DrawnList];
const without = (text: string): string => text.replace(/\s/g, '');

it('the lists have their Chinese embedded, as text that can be searched', async () => {
  const [contents, recordings] = await drawn(CONTENTS);
  for (const list of [contents, recordings]) {
    const rows = (await ask('pdffonts', list)).trim().split('\n').slice(2);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    for (const row of rows) expect(row).toMatch(/^[A-Z]{6}\+Noto\S+ +CID Type 0C +Identity-H +yes yes yes/);
    const text = await ask('pdftotext', list);
    for (const words of ['青市监罚〔2026〕118号', '无照经营案', '青川市市场监督管理局', '2026-11-2116:00:00'])
      expect(without(text)).toContain(words);
  }
  expect([contents.name, recordings.name]).toEqual(['卷内目录.pdf', '录音录像清单.pdf']);
  expect(await ask('pdfinfo', contents)).toMatch(/Page size: +595\.28 x 841\.89 pts \(A4\)/);
  expect(await ask('pdfinfo', recordings)).toMatch(/Page size: +841\.89 x 595\.28 pts \(A4\)/);
});

it('papers are counted through by pages, and what cannot be seen in a name is not', async () => {
  const [contents] = await drawn(CONTENTS);
  const text = await ask('pdftotext', contents, '-layout');
  const line = (start: RegExp): string => text.split('\n').find((one) => start.test(one)) ?? '';
  expect(line(/^ *1 +立案审批表/)).toMatch(/2026-11-20 +1–2 +文书 PDF/);
  expect(line(/^ *2 +现场检查笔录/)).toMatch(/2026-11-20\* +3–5 +文书 PDF/);
  expect(line(/^ *3 +货架/)).toMatch(/2026-11-20 +6 +照片 JPG/);
  expect(line(/^ *4 +龘靐齉 gpj/)).toMatch(/2026-11-20 +— +文书/);
  expect(line(/^ *5 +录音录像资料/)).toMatch(/2 *件/);
  expect(text).toMatch(/现场检查（第2次）/);
  expect(text).toMatch(/证明在售/);
});

it('recordings are listed with their digests, and added up', async () => {
  const [, recordings] = await drawn(CONTENTS);
  const text = without(await ask('pdftotext', recordings, '-layout'));
  expect(text).toContain(DIGEST.slice(0, 32));
  expect(text).toContain(DIGEST.slice(32));
  for (const words of [
    '1:02:03',
    '1,234,567,890字节',
    '海康DSJ-A8',
    '未封存',
    '核对不符，已隔离',
    '取0:01:00至0:01:30',
  ])
    expect(text).toContain(words);
  expect(text).toContain('合计2件时长2:04:06大小2.47GB（2,469,135,780字节）');
});

it('the same contents give the same bytes, others do not', async () => {
  const [first] = await drawn(CONTENTS);
  expect((await drawn(CONTENTS))[0].bytes.equals(first.bytes)).toBe(true);
  expect((await drawn({ ...CONTENTS, caseTitle: '另案' }))[0].bytes.equals(first.bytes)).toBe(false);
});

it('long lists go on with their head and the number of the page on each', async () => {
  const many = Array.from({ length: 120 }, (_, i) => recording({ fileName: `录像${i + 1}.mp4` }));
  const steps = [{ title: { zh: '调查', en: 'Inquiry' }, n: null, items: many }];
  const [, list] = await drawn({ ...CONTENTS, steps });
  const pages = (await ask('pdftotext', list, '-layout')).split('\f').slice(0, -1);
  expect(pages.length).toBeGreaterThan(5);
  for (const [i, page] of pages.entries()) {
    expect(without(page)).toContain(`第${i + 1}页共${pages.length}页`);
    expect(page).toMatch(/开始时间/);
  }
  expect(many.filter(({ fileName }) => pages.some((page) => page.includes(fileName)))).toHaveLength(120);
});

it('a case without material says so, and a missing font is known beforehand', async () => {
  const lists = await drawn({ ...CONTENTS, steps: [] });
  for (const list of lists) expect(without(await ask('pdftotext', list))).toContain('本案没有归入');
  expect(await findListFonts([dir])).toBeNull();
});
