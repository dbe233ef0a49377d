import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { AssetView, CaseView, RecorderDetail, Replay } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { DESKTOP, PersonalBrowser, PHONE } from '../support/browser.js';
import { BuiltArchive } from '../support/built-archive.js';
import { footage } from '../support/footage.js';
import { choose, signIn } from './pages.js';
import { assetWhen } from './sending.js';

const SERIAL = 'DSJ-A7-000001';
const HOUR_MS = 3_600_000;

/** The end of a shift: a recorder is docked, its clips come in, the officer sorts them. */
describe('a shift that is sorted', () => {
  let archive: BuiltArchive;
  let dock: ApiClient;
  let officer: ApiClient;
  let browser: PersonalBrowser;
  let page: Page;
  let subject: CaseView;
  let recorderId = '';
  const passwords = { dock: '', officer: '' };
  /** An hour ago, on a whole second: when the inspection began. */
  const beganMs = Math.floor((Date.now() - HOUR_MS) / 1_000) * 1_000;
  const nameAt = (secondsIn: number, n: number): string => {
    const local = new Date(beganMs + secondsIn * 1_000 + 8 * HOUR_MS).toISOString().replace(/\D/g, '').slice(0, 14);
    return `${SERIAL}_012345_${local}_${String(n).padStart(4, '0')}.mp4`;
  };
  const clips = { first: nameAt(0, 1), second: nameAt(20, 2), lost: nameAt(40, 3), early: nameAt(-3 * 3_600, 9) };
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    archive = await BuiltArchive.start();
    for (const [login, roles] of [
      ['dock', ['archivist']],
      ['officer', ['officer']],
    ] as const) {
      const person = await archive.person(login, roles);
      passwords[login] = person.password;
      if (login === 'dock') dock = person.client;
      else officer = person.client;
    }
    const wish = {
      procedureId: 'administrative-inspection',
      number: '检〔2026〕7号',
      title: '某商店检查',
      parties: [],
    };
    subject = await officer.send<CaseView>('POST', '/cases', wish);
    const step = subject.occurrences.find(({ stepId }) => stepId === 'inspection') ?? subject.occurrences[0];
    const begun = { state: 'open', startedAt: new Date(beganMs - 60_000).toISOString() };
    subject = await officer.send<CaseView>('PATCH', `/cases/${subject.id}/occurrences/${step?.id}`, begun);
    browser = await PersonalBrowser.make();
  });
  afterAll(async () => {
    await browser?.remove();
    expect((await archive.check()).output).toContain('All is as recorded');
    await archive?.stop();
  });

  const enterAs = async (login: 'dock' | 'officer', viewport: { width: number; height: number } = DESKTOP) => {
    await browser.remove();
    browser = await PersonalBrowser.make();
    page = await browser.open(viewport);
    await signIn(page, archive.url, login, passwords[login]);
    browser.takeComplaints();
  };
  const save = (name: RegExp | string) =>
    page
      .getByRole('dialog', { name })
      .getByRole('button', { name: /^保\s?存$/ })
      .click();

  it('the recorder is entered, and handed to the officer', async () => {
    await enterAs('dock');
    await page.getByRole('link', { name: '记录仪' }).click();
    await page.getByText('还没有登记记录仪').waitFor();
    await page.getByRole('button', { name: '登记设备' }).click();
    const dialog = page.getByRole('dialog', { name: '登记设备' });
    await dialog.getByLabel('设备编号').fill(SERIAL);
    await dialog.getByLabel('厂家').fill('某厂');
    await dialog.getByLabel('型号').fill('A7');
    await dialog.getByLabel('单位').click();
    await page.locator('.ant-select-item-option').first().click();
    await save('登记设备');
    await page.getByRole('link', { name: SERIAL }).click();

    await page.getByRole('button', { name: /^领\s?用$/ }).click();
    const issue = page.getByRole('dialog', { name: `领用 ${SERIAL}` });
    await choose(issue.getByLabel('领用人'), /人员officer/);
    await issue.getByLabel('设备中设置的人员编号').fill('012345');
    await issue.getByLabel('时间').fill(localInput(beganMs - 6 * HOUR_MS));
    await save(`领用 ${SERIAL}`);
    await page.getByText('尚未交还').waitFor();
    recorderId = page.url().split('/').at(-1) ?? '';
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('the dock brings its clips, and the list of what it has', async () => {
    const film = await readFile(await footage('h264.mp4'));
    for (const [key, name] of Object.entries({ ...clips, strange: '另一段现场.mp4' })) {
      if (key === 'lost') continue;
      const by = key === 'strange' ? officer : dock;
      ids[key] = await by.upload(film, { filename: name });
      await assetWhen(by, ids[key], ({ custody, viewing }) => custody === 'sealed' && viewing.state === 'viewable');
    }
    const rows = [clips.first, clips.second, clips.lost].map((name) => `${name},${film.length}`).join('\r\n');
    await page.getByRole('button', { name: '导入清单' }).click();
    const dialog = page.getByRole('dialog', { name: `导入清单 ${SERIAL}` });
    await dialog.getByLabel('清单文件').setInputFiles({
      ...{ name: '采集站清单.csv', mimeType: 'text/csv' },
      buffer: Buffer.from(`文件名,文件大小\r\n${rows}\r\n`),
    });
    await save(`导入清单 ${SERIAL}`);
    await page.getByText('未到 1', { exact: true }).waitFor();
    await page.getByRole('button', { name: '查看文件' }).click();
    await page.getByText(clips.lost).waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('the officer is offered the step it belongs to, with the reason, and accepts all that is clear at once', async () => {
    await enterAs('officer');
    await page.getByRole('link', { name: '待整理' }).click();
    await page.getByRole('link', { name: clips.first }).waitFor();
    await page
      .getByText(/人员officer当时领用该记录仪，是本案办案人员；拍摄时间在“.+”进行期间/)
      .first()
      .waitFor();
    const early = page.getByRole('listitem').filter({ hasText: clips.early });
    await early.getByText('没有相符的环节').waitFor();
    await page.getByRole('button', { name: '采纳 2 条明确的建议' }).click();
    await page.getByText('已归入 2 个').waitFor();
    await page.getByRole('link', { name: clips.first }).waitFor({ state: 'detached' });
    const linked = await officer.send<AssetView>('GET', `/assets/${ids.first}`);
    expect(linked.link?.caseNumber).toBe('检〔2026〕7号');
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('what has a name nobody knows waits, and is said to be of the recorder', async () => {
    const row = page.getByRole('listitem').filter({ hasText: '另一段现场.mp4' });
    await row.getByText('文件名不认识').waitFor();
    await row.getByRole('button', { name: '说明来源' }).click();
    const dialog = page.getByRole('dialog', { name: '说明来源' });
    await choose(dialog.getByLabel('记录仪'), new RegExp(SERIAL));
    await save('说明来源');
    await row.getByRole('link', { name: SERIAL }).waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('the break between the two clips asks for an explanation, which then stands there', async () => {
    await page.goto(`${archive.url}/cases/${subject.id}/replay`);
    await page.getByText('未说明').waitFor();
    await page.getByRole('button', { name: '填写说明' }).click();
    await page.getByRole('dialog').getByLabel('中断原因').fill('更换电池');
    await save('说明录制中断');
    await page.getByText('更换电池').first().waitFor();
    const replay = await officer.send<Replay>('GET', `/cases/${subject.id}/replay`);
    const gaps = replay.chapters.flatMap((chapter) => chapter.gaps);
    expect(gaps).toMatchObject([{ durationMs: 12_000, explanation: { text: '更换电池', by: '人员officer' } }]);
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('a clip tells of its recorder, its recording, and what is missing in it', async () => {
    await page.goto(`${archive.url}/assets/${ids.second}`);
    await page.getByText('同一次录制').waitFor();
    await page.getByText('中断 12 秒').waitFor();
    await page.getByText('按命名规则 device-officer-time-number 第 1 版').waitFor();
    expect(browser.takeComplaints()).toEqual([]);
  });

  it('a clock that is measured puts the clips where they belong', async () => {
    const clock = { source: 'read-off', wasSet: false, at: new Date(beganMs).toISOString() };
    const shown = new Date(beganMs + 8 * HOUR_MS + 5_000).toISOString().slice(0, 19).replace('T', ' ');
    await dock.send<RecorderDetail>('POST', `/recorders/${recorderId}/clocks`, { ...clock, deviceTime: shown });
    const moved = await officer.send<AssetView>('GET', `/assets/${ids.first}`);
    expect([Date.parse(moved.at), moved.clocks.offsetMs]).toEqual([beganMs - 5_000, 5_000]);
  });

  it('works on a telephone, and in English', async () => {
    await enterAs('officer', PHONE);
    await page.goto(`${archive.url}/sorting`);
    await page.getByRole('link', { name: clips.early }).waitFor();
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(PHONE.width);
    await page.getByRole('button', { name: '切换到英文界面' }).click();
    await page.getByText('No step fits').first().waitFor();
    await page.goto(`${archive.url}/recorders/${recorderId}`);
    await page.getByRole('heading', { name: 'Who carried it' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width);
    expect(browser.takeComplaints()).toEqual([]);
  });
});

/** For `<input type="datetime-local">` of a browser in Shanghai. */
function localInput(ms: number): string {
  return new Date(ms + 8 * HOUR_MS).toISOString().slice(0, 19);
}
