import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compareText, type FormTemplate, type FormValues, parseFormTemplate, sheetOf } from '#domain';
import { drawForm, findListFonts } from '#media';

const run = promisify(execFile);

let dir: string;
let fonts: string;
let templates: FormTemplate[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-forms-'));
  const found = await findListFonts();
  if (found === null) throw new Error('fonts-noto-cjk is not installed: forms cannot be tested');
  fonts = found;
  const names = (await readdir('forms', { recursive: true })).filter((name) => name.endsWith('.json'));
  templates = await Promise.all(
    names.map(async (name) => parseFormTemplate(JSON.parse(await readFile(join('forms', name), 'utf8')))),
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const LONG = '当事人在市场东侧占道堆放货物，经现场测量占道面积约十二平方米，未能出示许可证件。';
function valuesOf({ fields }: FormTemplate): FormValues {
  return Object.fromEntries(
    fields.map(({ id, kind, title, choices }) => [
      id,
      {
        line: `${title.zh}之内容`,
        text: LONG,
        date: '2026-11-22',
        time: '2026-11-22T09:05',
        choice: choices[0]?.zh ?? '',
      }[kind],
    ]),
  );
}
const drawn = (template: FormTemplate, values: FormValues, withEnglish = false): Promise<Buffer> =>
  drawForm(
    sheetOf(template, {
      ...{ id: '019a0000-0000-7000-8000-00000000000b', values, number: '青市监罚决〔2026〕12号', withEnglish },
      ...{ issuedAt: new Date('2026-11-22T01:05:00Z'), agencyName: '青川市市场监督管理局' },
    }),
    fonts,
  );
async function ask(tool: string, name: string, bytes: Buffer): Promise<string> {
  const path = join(dir, `${name}.pdf`);
  await writeFile(path, bytes);
  return (await run(tool, [path, ...(tool === 'pdftotext' ? ['-'] : [])])).stdout;
}

it('every template can be printed, and its own text agrees with the electronic form in every field', async () => {
  expect(templates.length).toBeGreaterThanOrEqual(8);
  for (const template of templates) {
    const values = valuesOf(template);
    const text = await ask('pdftotext', template.id, await drawn(template, values));
    const compared = compareText(template, { values, number: '青市监罚决〔2026〕12号' }, text);
    expect(compared.filter(({ agrees }) => !agrees)).toEqual([]);
    expect(compared.length).toBeGreaterThan(2);
    const other = { ...values, [template.fields.find((field) => field.compared)?.id ?? '']: '另一内容' };
    expect(compareText(template, { values: other, number: null }, text).some(({ agrees }) => !agrees)).toBe(true);
  }
}, 60_000);

it('fonts are embedded, the page is A4, and the same form gives the same bytes', async () => {
  const [template] = templates as [FormTemplate];
  const bytes = await drawn(template, valuesOf(template));
  expect((await drawn(template, valuesOf(template))).equals(bytes)).toBe(true);
  expect(await ask('pdfinfo', 'one', bytes)).toMatch(/Page size: +595\.28 x 841\.89 pts \(A4\)/);
  for (const row of (await ask('pdffonts', 'one', bytes)).trim().split('\n').slice(2))
    expect(row).toMatch(/^[A-Z]{6}\+Noto\S+ +CID Type 0C +Identity-H +yes yes yes/);
});

it('English goes below the Chinese where it is asked for', async () => {
  const template = templates.find(({ id }) => id === 'penalty-decision') as FormTemplate;
  const values = valuesOf(template);
  expect(await ask('pdftotext', 'zh', await drawn(template, values))).not.toContain('Decision on the penalty');
  const both = await ask('pdftotext', 'en', await drawn(template, values, true));
  for (const words of ['Decision on the penalty', 'How and until when', 'Agency (seal)']) expect(both).toContain(words);
});

it('a long text goes on over pages, and none of it is lost', async () => {
  const template = templates.find(({ id }) => id === 'interview-record') as FormTemplate;
  const questions = Array.from({ length: 120 }, (_, i) => `问：第${i}个问题？\n答：${LONG}`).join('\n');
  const bytes = await drawn(template, { ...valuesOf(template), questions });
  expect(Number(/Pages: +(\d+)/.exec(await ask('pdfinfo', 'long', bytes))?.[1])).toBeGreaterThan(4);
  const text = (await ask('pdftotext', 'long', bytes)).replace(/\s/g, '');
  for (const i of [0, 60, 119]) expect(text).toContain(`第${i}个问题`);
  expect(text.split(LONG.slice(0, 8)).length).toBeGreaterThanOrEqual(120);
}, 60_000);

it('what people type cannot turn the writing round, and an empty form has room to be filled in by hand', async () => {
  const template = templates.find(({ id }) => id === 'prior-notice') as FormTemplate;
  const text = await ask('pdftotext', 'odd', await drawn(template, { party: '甲\u202e乙\u0007丙' }));
  for (const unseen of ['\u202e', '\u0007']) expect(text).not.toContain(unseen);
  expect(text).toContain('＿＿');
});
