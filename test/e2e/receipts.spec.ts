import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { Ledger, LedgerKeys, Receipt } from '#contract';
import { formatReceipt, parseReceipt, type ReceiptText } from '#domain';
import { SignerClient } from '#signing';
import { formatNote, parseNote, parseSignatureLines, signText } from '#tlog';
import type { ApiClient } from '../support/api-client.js';
import { DESKTOP, PersonalBrowser, PHONE } from '../support/browser.js';
import { BuiltArchive, until } from '../support/built-archive.js';
import { testKey } from '../support/log-crypto.js';
import { signIn } from './pages.js';
import { assetWhen, openCase } from './sending.js';

const MEBIBYTE = 1_048_576;
const NAME = '现场检查 一.mp4';

describe('receipts and the ledger, as people meet them', () => {
  let archive: BuiltArchive;
  let officer: ApiClient;
  let supervisorPassword: string;
  let officerPassword: string;
  let files: string;
  let assetId: string;
  let receipt: Receipt & { note: string };
  let keys: LedgerKeys;
  let browser: PersonalBrowser;
  let page: Page;
  const original = randomBytes(3 * MEBIBYTE + 17);

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'liuhen-receipts-'));
    archive = await BuiltArchive.start();
    const person = await archive.person('officer', ['officer']);
    [officer, officerPassword] = [person.client, person.password];
    supervisorPassword = (await archive.person('supervisor', ['supervisor'])).password;
    const { id: caseId, occurrenceId } = await openCase(officer, '测罚字〔2026〕第 9 号');
    assetId = await officer.upload(original, { filename: NAME, caseId, occurrenceId });
    await assetWhen(officer, assetId, ({ custody }) => custody === 'sealed');
    const found = await officer.send<Receipt>('GET', `/assets/${assetId}/receipt`);
    if (found.note === null || found.sealed === null) throw new Error('the receipt is not signed, or not sealed');
    receipt = { ...found, note: found.note };
    keys = (await (await fetch(`${archive.url}/api/v1/ledger/keys`)).json()) as LedgerKeys;
    const altered = Buffer.from(original);
    altered[MEBIBYTE] = (altered[MEBIBYTE] ?? 0) ^ 1;
    await writeFile(join(files, NAME), original);
    await writeFile(join(files, 'altered.mp4'), altered);
    await writeFile(join(files, 'receipt.txt'), receipt.note);
    await writeFile(join(files, 'foreign.txt'), await ofAnotherArchive());
    await writeFile(join(files, 'missing.txt'), await promisedAndMissing());
    // The log takes a second or two for what was just sealed.
    await until(async () => (await run('--log', keys.vkey, '--receipts', keys.receiptVkey)).code === 0);
    browser = await PersonalBrowser.make();
    page = await browser.open();
  });
  afterAll(async () => {
    await browser?.remove();
    expect((await archive.check()).output).toContain('All is as recorded');
    await archive?.stop();
    await rm(files, { recursive: true, force: true });
  });

  const textOf = (): ReceiptText => parseReceipt(parseNote(receipt.note).text);

  /** The same claims, under a key of somebody else's. */
  async function ofAnotherArchive(): Promise<string> {
    const { key, sign } = testKey('other.example/receipts', 0x01, 5);
    const text = formatReceipt({ ...textOf(), origin: 'other.example' });
    return formatNote({ text, signatures: [await signText(key, sign, text)] });
  }

  /** Signed by the archive's own signer, a week ago, over an event that the log does not have. */
  async function promisedAndMissing(): Promise<string> {
    const signer = new SignerClient({ socketPath: join(archive.dataDir, 'signer', 'signer.sock') });
    const receivedAt = new Date(Date.now() - 7 * 86_400_000).toISOString();
    const received = { ...textOf().received, leaf: `sha256:${randomBytes(32).toString('hex')}` };
    const text = formatReceipt({ ...textOf(), receivedAt, received, sealed: null });
    return formatNote({ text, signatures: parseSignatureLines(await signer.signReceipt(text)) });
  }

  async function run(...more: readonly string[]): Promise<{ code: number; said: string }> {
    return await check(NAME, 'receipt.txt', ['--url', archive.url, ...more]);
  }

  function check(file: string, against: string, more: readonly string[]): Promise<{ code: number; said: string }> {
    return liuhen(['receipt', 'check', join(files, file), '--against', join(files, against), ...more]);
  }

  function liuhen(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; said: string }> {
    const kept = Object.entries(process.env).filter(([name]) => !/^LIUHEN_|^NODE_OPTIONS$|^INIT_CWD$/.test(name));
    return new Promise((done) => {
      const main = resolve('dist/apps/cli/src/main.js');
      const options = { env: { ...Object.fromEntries(kept), ...env } };
      execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code), said: `${stdout}${stderr}` });
      });
    });
  }

  describe('liuhen receipt', () => {
    const pinned = () => ['--log', keys.vkey, '--receipts', keys.receiptVkey];

    it('check: good with keys from elsewhere, and says at which place', async () => {
      const { code, said } = await run(...pinned());
      expect(said).toMatch(/接收 received: 在日志第 \d+ 条/);
      expect(said).toMatch(/封存 sealed: 在日志第 \d+ 条/);
      expect(code).toBe(0);
    });

    it('check: self-consistent at best by the archive’s own keys', async () => {
      const { code, said } = await run();
      expect(said).toContain('self-consistent only');
      expect(code).toBe(2);
    });

    it('check: without the log, or the archive, not fully checked', async () => {
      expect(await check(NAME, 'receipt.txt', ['--offline', ...pinned()])).toMatchObject({ code: 2 });
      expect(await check(NAME, 'receipt.txt', ['--offline'])).toMatchObject({ code: 2 });
      const away = await check(NAME, 'receipt.txt', ['--url', 'http://127.0.0.1:9', ...pinned()]);
      expect(away.said).toContain('The log could not be asked');
      expect(away.code).toBe(2);
    });

    it.each([
      ['altered.mp4', 'receipt.txt', '不一致 differs: 分块根 block root、SHA-256'],
      [NAME, 'foreign.txt', 'not by this key'],
      [NAME, 'missing.txt', '承诺而未见 promised and missing'],
      [NAME, NAME, 'no receipt, or damaged'],
    ])('check %s against %s: bad, %s', async (file, against, words) => {
      const { code, said } = await check(file, against, ['--url', archive.url, ...pinned()]);
      expect(said).toContain(words);
      expect(code).toBe(1);
    });

    it.each([
      ['no receipt given', [NAME]],
      ['a key that is none', [NAME, '--against', 'receipt.txt', '--log', 'nothing']],
      ['a file that is not there', ['/nowhere', '--against', 'receipt.txt', '--offline']],
    ])('check: %s is not a bad receipt', async (_, args) => {
      const absolute = args.map((arg) => (arg === 'receipt.txt' ? join(files, arg) : arg));
      expect((await liuhen(['receipt', 'check', ...absolute])).code).toBe(2);
    });

    it('get: the signed note, to be kept, overwriting nothing', async () => {
      const env = { LIUHEN_TOKEN: officer.session.token ?? '' };
      const out = join(files, 'got.txt');
      const args = ['receipt', 'get', assetId, '--url', archive.url];
      expect((await liuhen([...args, '--out', out], env)).code).toBe(0);
      expect(await readFile(out, 'utf8')).toBe(receipt.note);
      expect((await liuhen([...args, '--out', out], env)).code).not.toBe(0);
      expect(await liuhen(args, env)).toEqual({ code: 0, said: receipt.note });
    });
  });

  describe('the page for whoever holds a receipt', () => {
    const verdict = () => page.locator('[data-verdict]').getAttribute('data-verdict');
    const row = (name: string) => page.locator(`[data-row=${name}]`);

    async function checked(file: string, against: string, pinned?: string): Promise<void> {
      await page.goto(`${archive.url}/receipts/check`);
      await page.getByLabel('选择文件').and(page.locator('input')).setInputFiles(join(files, file));
      await page.getByLabel('选择回执文件').and(page.locator('input')).setInputFiles(join(files, against));
      if (pinned !== undefined) {
        await page.getByLabel('用我另行保存的公钥').click();
        await page.getByRole('textbox', { name: '用我另行保存的公钥' }).fill(pinned);
      }
      await page.getByRole('button', { name: '开始核对' }).click();
      await page.locator('[data-verdict]').waitFor();
    }
    const both = () => `${keys.vkey}\n${keys.receiptVkey}\n`;

    it('is reached without signing in', async () => {
      await page.goto(archive.url);
      await page.getByRole('link', { name: '核对一份回执（无需登录）' }).click();
      await page.getByRole('heading', { name: '核对回执' }).waitFor();
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('says where it is in the log', async () => {
      await checked(NAME, 'receipt.txt', both());
      expect(await verdict()).toBe('good');
      await row('received')
        .getByText(/在日志第 \d+ 条/)
        .waitFor();
      await row('sealed')
        .getByText(/在日志第 \d+ 条/)
        .waitFor();
      await row('file')
        .getByText(receipt.sealed?.sha256 ?? '')
        .waitFor();
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('says that keys of the archive’s own are only its word', async () => {
      await checked(NAME, 'receipt.txt');
      expect(await verdict()).toBe('own');
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('finds an altered file', async () => {
      await checked('altered.mp4', 'receipt.txt', both());
      expect(await verdict()).toBe('bad');
      await row('file').getByText('文件与回执不一致：分块根、SHA-256 不同').waitFor();
      expect(await row('sealed').getAttribute('data-mark')).toBe('good');
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('knows the receipt of another archive, and does not ask the log for it', async () => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await checked(NAME, 'foreign.txt', both());
      expect(await verdict()).toBe('bad');
      await row('signature').getByText('回执自称出自 other.example').waitFor();
      expect(asked.filter((url) => url.includes('/log/proof/'))).toEqual([]);
    });

    it('finds what was promised and is missing', async () => {
      await checked(NAME, 'missing.txt', both());
      expect(await verdict()).toBe('bad');
      await row('received')
        .getByText(/回执承诺但日志中没有/)
        .waitFor();
      expect(await row('signature').getAttribute('data-mark')).toBe('good');
      // The browser itself says that what was asked for is not there.
      for (const complaint of browser.takeComplaints()) expect(complaint).toMatch(/404 \(Not Found\)/);
    });

    it('refuses what is no receipt, and keys that are none', async () => {
      await page.goto(`${archive.url}/receipts/check`);
      await page.getByRole('textbox', { name: '回执' }).fill(receipt.note.slice(0, 200));
      await page.getByText('这不是回执，或已不完整').waitFor();
      expect(await page.getByRole('button', { name: '开始核对' }).isDisabled()).toBe(true);
      await page.getByRole('textbox', { name: '回执' }).fill(receipt.note.replaceAll('\n', '\r\n'));
      await page.getByText(`由 ${keys.origin} 出具`).waitFor();
      await page.getByLabel('用我另行保存的公钥').click();
      await page.getByRole('textbox', { name: '用我另行保存的公钥' }).fill(`${keys.vkey} nonsense`);
      await page.getByText('其中有的不是公钥').waitFor();
      expect(await page.getByRole('button', { name: '开始核对' }).isDisabled()).toBe(true);
      expect(browser.takeComplaints()).toEqual([]);
    });
  });

  describe('an officer', () => {
    it('keeps the signed receipt as a small file, and the proof of an event', async () => {
      await signIn(page, archive.url, 'officer', officerPassword);
      browser.takeComplaints();
      await page.goto(`${archive.url}/assets/${assetId}/receipt`);
      await page.getByRole('img', { name: '签名回执二维码' }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '下载回执' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`回执-${NAME}.txt`);
      expect(await readFile(await download.path(), 'utf8')).toBe(receipt.note);
      await page.getByRole('button', { name: '核对回执' }).click();
      await page.getByText(`由 ${keys.origin} 出具`).waitFor();

      await page.goto(`${archive.url}/assets/${assetId}`);
      await page.getByRole('tab', { name: '事件日志' }).click();
      const [proof] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: '证明' }).first().click(),
      ]);
      expect(proof.suggestedFilename()).toMatch(/^证明-asset\.begun-1\.txt$/);
      expect(await readFile(await proof.path(), 'utf8')).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex \d+\n/);
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('is told to come back while the signer is away', async () => {
      const url = `**/api/v1/assets/${assetId}/receipt`;
      await page.route(url, (route) => route.fulfill({ json: { ...receipt, note: null } }));
      await page.goto(`${archive.url}/assets/${assetId}/receipt`);
      await page.getByRole('alert').getByText('回执尚未签名').waitFor();
      expect(await page.getByRole('button', { name: '下载回执' }).count()).toBe(0);
      await page.unroute(url);
      await browser.close();
    });
  });

  describe('a supervisor', () => {
    const count = (name: string) => page.locator(`[data-count=${name}] strong`).textContent();

    beforeAll(async () => {
      await browser.remove();
      browser = await PersonalBrowser.make();
      page = await browser.open(DESKTOP);
      await signIn(page, archive.url, 'supervisor', supervisorPassword);
      browser.takeComplaints();
    });

    it('sees how the log is doing, and it keeps up by itself', async () => {
      await page.getByRole('button', { name: '规则与管理' }).click();
      await page.getByRole('link', { name: '存证日志' }).click();
      await page.getByRole('heading', { name: '存证日志' }).waitFor();
      const before = Number(((await count('size')) ?? '').replaceAll(',', ''));
      expect(before).toBeGreaterThan(5);
      for (const key of [keys.vkey, keys.receiptVkey, keys.origin]) {
        await page.getByText(key, { exact: true }).first().waitFor();
      }
      await page.getByRole('img', { name: '两把公钥的二维码' }).waitFor();
      await page.locator('[data-station=signed][data-standing=good]').waitFor();
      await officer.send('PATCH', `/cases/${(await caseOf(assetId)) ?? ''}`, { title: '改名', reason: '更正' });
      await until(async () => Number(((await count('size')) ?? '').replaceAll(',', '')) > before);
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('cannot miss a frozen ledger, a refusal, a finding', async () => {
      const at = new Date().toISOString();
      const alarms: Partial<Ledger> = {
        frozen: { reason: 'behind-signer', since: at },
        witnesses: [
          { name: '公证处', vkey: 'w+1', size: 3, answeredAt: at, refusal: 'conflict', refusedAt: at },
          { name: '法院', vkey: 'w+2', size: 5, answeredAt: at, refusal: null, refusedAt: null },
        ],
        watch: { verifiedSize: 5, verifiedAt: at, findings: [{ what: 'entry 4 is missing', index: 4, foundAt: at }] },
      };
      await page.route('**/api/v1/ledger', async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ json: { ...((await answer.json()) as Ledger), ...alarms } });
      });
      for (const size of [DESKTOP, PHONE]) {
        await page.setViewportSize(size);
        await page.goto(`${archive.url}/ledger`);
        const alarm = (name: string) => page.locator(`[role=alert][data-alarm=${name}]`);
        await alarm('frozen').getByText('liuhen ledger recover').waitFor();
        await alarm('refused').getByText('见证方“公证处”拒绝联署').waitFor();
        await alarm('findings').getByText('序号 4（从 0 起）').waitFor();
        await page.locator('[data-health=alarm]').waitFor();
        expect(await overflow()).toBe(0);
      }
      await page.unroute('**/api/v1/ledger');
      expect(browser.takeComplaints()).toEqual([]);
    });

    it('reads it in English, by keyboard, on a telephone', async () => {
      await page.goto(`${archive.url}/ledger`);
      await page.getByRole('button', { name: '切换到英文界面' }).click();
      await page.getByRole('heading', { name: 'Ledger', exact: true }).waitFor();
      expect(await overflow()).toBe(0);
      await page.getByRole('button', { name: 'Check a receipt' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Check a receipt' }).waitFor();
      expect(await overflow()).toBe(0);
      expect(browser.takeComplaints()).toEqual([]);
    });
  });

  async function caseOf(id: string): Promise<string | undefined> {
    const asset = await officer.send<{ link: { caseId: string } | null }>('GET', `/assets/${id}`);
    return asset.link?.caseId;
  }

  async function overflow(): Promise<number> {
    return await page.locator('html').evaluate((html) => {
      const { scrollWidth, clientWidth } = html as unknown as { scrollWidth: number; clientWidth: number };
      return scrollWidth - clientWidth;
    });
  }
});
