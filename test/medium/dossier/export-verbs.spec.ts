import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DossierReport } from '#dossier';
import { exportRepository } from '#persistence';
import { withPackage } from '../../../apps/cli/src/commands/check/package-files.js';
import { verifyCommand } from '../../../apps/cli/src/commands/check/verify.command.js';
import { exportCommand } from '../../../apps/cli/src/commands/export.command.js';
import { CommandFailure } from '../../../apps/cli/src/failure.js';
import type { Terminal } from '../../../apps/cli/src/terminal/terminal.js';
import type { Verb } from '../../../apps/cli/src/verb.js';
import { ApiClient } from '../../support/api-client.js';
import { BadLine } from '../../support/bad-line.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import {
  aSealedCase,
  type ExportedCase,
  lookedAt,
  makeDossier,
  makeSampleDossier,
  outsidePolicy,
  type SampleDossier,
} from '../../support/sample-dossier.js';
import { type AnotherServer, serve } from '../api/another-server.js';

const MEBIBYTE = 1_048_576;

async function run(
  verb: Verb,
  positionals: string[],
  options: Record<string, unknown> = {},
  env: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const quiet = { say: (...said: string[]) => lines.push(...said), note: () => undefined, settle: () => undefined };
  const terminal = { ...quiet, isLive: false } as unknown as Terminal;
  try {
    const call = { options, positionals, env, terminal } as Parameters<Verb['run']>[0];
    return { code: (await verb.run(call)) ?? 0, text: lines.join('\n') };
  } catch (error) {
    if (error instanceof CommandFailure) return { code: error.exitCode, text: error.words.en };
    throw error;
  }
}

describe('liuhen verify', () => {
  let dir: string;
  let sample: SampleDossier;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-verify-'));
    sample = await makeSampleDossier(dir);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('passes a good dossier, folder or zip, and says up to when', async () => {
    for (const path of [sample.folder, sample.zipPath]) {
      const { code, text } = await run(verifyCommand, [path], {
        policy: sample.policyPath,
        'tsa-ca': [sample.rootsPath],
      });
      expect(text).toMatch(/complete as of \d{4}-\d\d-\d\dT/);
      expect(text).toMatch(/通过 PASS$/);
      expect(code).toBe(0);
    }
  });

  it('takes keys by themselves', async () => {
    const vkeys = (await readFile(sample.policyPath, 'utf8')).split('\n').map((line) => line.split(' '));
    const [log, witness] = [vkeys[0]?.[1] ?? '', vkeys[1]?.[2] ?? ''];
    const given = { log: [log], witness: [witness], quorum: '1', 'tsa-ca': [sample.rootsPath] };
    expect((await run(verifyCommand, [sample.folder], given)).code).toBe(0);
    expect((await run(verifyCommand, [sample.folder], { ...given, quorum: '2' })).code).toBe(2);
    expect((await run(verifyCommand, [sample.folder], { ...given, log: ['nonsense'] })).code).toBe(2);
    expect((await run(verifyCommand, [sample.folder], { witness: [witness] })).code).toBe(2);
  });

  it('takes their fingerprints', async () => {
    const policy = await readFile(sample.policyPath, 'utf8');
    const prints = [...policy.matchAll(/[^ \n]+\+[0-9a-f]{8}\+[^ \n]+/g)].map(([vkey]) =>
      createHash('sha256').update(vkey).digest('hex'),
    );
    const withPrints = async (...fingerprint: string[]): Promise<{ code: number; text: string }> =>
      await run(verifyCommand, [sample.folder], { fingerprint, 'tsa-ca': [sample.rootsPath] });
    expect(prints.length).toBeGreaterThan(1);
    expect((await withPrints(...prints)).code).toBe(0);
    expect((await withPrints(...prints.map((print) => print.match(/.{4}/g)?.join(' ') ?? ''))).code).toBe(0);
    expect(await withPrints(prints[0] ?? '', '0'.repeat(64))).toMatchObject({
      code: 1,
      text: expect.stringMatching(/没有与所填指纹相符.*key-unknown|key-unknown.*没有与所填指纹相符/s),
    });
    expect((await withPrints('abc')).code).toBe(2);
    const both = { fingerprint: prints, policy: sample.policyPath };
    expect((await run(verifyCommand, [sample.folder], both)).code).toBe(2);
  });

  it('says what it could not check, and that a package does not vouch for itself', async () => {
    const alone = await run(verifyCommand, [sample.zipPath]);
    expect(alone.code).toBe(2);
    expect(alone.text).toMatch(/self-consistent only/);
    const withoutRoots = await run(verifyCommand, [sample.zipPath], { policy: sample.policyPath });
    expect(withoutRoots.code).toBe(2);
    expect(withoutRoots.text).toMatch(/no-timestamp-roots/);
    expect((await run(verifyCommand, [join(dir, 'nowhere')])).code).toBe(2);
  });

  it('names what is wrong, and where', async () => {
    const folder = join(dir, 'altered');
    await cp(sample.folder, folder, { recursive: true });
    const [assetId = ''] = (await readdir(join(folder, 'data/originals'))).sort();
    const [name = ''] = await readdir(join(folder, 'data/originals', assetId));
    const path = join(folder, 'data/originals', assetId, name);
    const bytes = await readFile(path);
    bytes[MEBIBYTE + 9] = 0;
    await writeFile(path, bytes);
    const { code, text } = await run(verifyCommand, [folder], { policy: sample.policyPath, json: true });
    expect(code).toBe(1);
    const report = JSON.parse(text) as DossierReport;
    const findings = report.items.flatMap((item) => item.findings.map((finding) => ({ ...finding, of: item.subject })));
    expect(findings.find(({ reason }) => reason === 'original-altered')).toMatchObject({
      ...{ verdict: 'FAIL', offset: MEBIBYTE, of: `data/originals/${assetId}/${name}` },
    });
    await truncate(sample.zipPath, (await stat(sample.zipPath)).size - 1);
    expect((await run(verifyCommand, [sample.zipPath])).code).toBe(1);
  });
});

describe('liuhen export', () => {
  let dir: string;
  let running: LoggedArchive;
  let server: AnotherServer;
  let line: BadLine;
  let made: ExportedCase;
  let token: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-export-'));
    running = await runLoggedArchive({ quorum: 1 });
    server = await serve(running.archive);
    line = await BadLine.to(server.url);
    made = await aSealedCase(running, [{ fileName: '现场.mp4', bytes: Buffer.alloc(9 * MEBIBYTE + 3, 'x') }]);
    const accounts = await running.archive.people.listAccounts.run({ ...made.officer, roles: ['administrator'] });
    const login = accounts.find(({ id }) => id === made.officer.accountId)?.login ?? '';
    token = (await ApiClient.signIn(server.url, login, 'correct horse battery')).session.token ?? '';
    await writeFile(join(dir, 'policy'), await outsidePolicy(running));
  });
  afterAll(async () => {
    await line.close();
    await server.stop();
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  });

  /** The worker's part, as soon as there is something to do. */
  async function workOnce(): Promise<void> {
    const { reader } = running.parts.database;
    for (;;) {
      const [id] = await exportRepository.owed(reader, new Date(Date.now() + 60_000), 1);
      if (id !== undefined) return void (await makeDossier(running, id));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const env = (): Record<string, string> => ({ LIUHEN_TOKEN: token });

  it('asks, waits, fetches and unpacks; what it leaves verifies', async () => {
    const out = join(dir, 'dossier');
    await lookedAt(running, made.assetIds[0] ?? '', ['poster']);
    const options = { out, reason: '移送法院', renditions: 'poster, pages', url: server.url };
    const [{ code, text }] = await Promise.all([run(exportCommand, [made.caseId], options, env()), workOnce()]);
    expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining(out) });
    expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await readdir(join(out, 'data/renditions', made.assetIds[0] ?? '', 'poster'))).toHaveLength(2);
    expect((await readdir(join(out, 'data/documents'))).sort()).toEqual(['卷内目录.pdf', '录音录像清单.pdf']);
    const verified = await run(verifyCommand, [out], { policy: join(dir, 'policy') });
    expect(verified.text).toMatch(/不符 FAIL 0 · 未核 NOT CHECKED 1/);
    expect((await run(exportCommand, [made.caseId], options, env())).code).toBe(2);
  });

  it('says which kinds of renditions there are', async () => {
    const options = { out: join(dir, 'none'), reason: '移送', renditions: 'poster,film', url: server.url };
    const { code, text } = await run(exportCommand, [made.caseId], options, env());
    expect({ code, text }).toMatchObject({ code: 2, text: expect.stringMatching(/film.*poster.*proxy/s) });
  });

  /** Cuts the line once, for a moment, when the file has its first bytes; it is whole again at the end. */
  async function cutOnce<T>(file: string, work: () => Promise<T>): Promise<T> {
    let mended: Promise<void> | null = null;
    const cutter = setInterval(() => {
      void stat(file).then(
        ({ size }) => {
          if (size === 0 || mended) return;
          clearInterval(cutter);
          line.cut();
          mended = sleep(300).then(() => line.restore());
        },
        () => undefined,
      );
    }, 1);
    try {
      return await work();
    } finally {
      clearInterval(cutter);
      await mended;
    }
  }

  async function expectSameFiles(folder: string, zip: string): Promise<void> {
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const there = new Set(names.map(({ parentPath, name }) => relative(folder, join(parentPath, name))));
    const outcome = await withPackage(zip, async (files) => {
      for await (const { path } of files.list()) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of files.read(path)) chunks.push(Buffer.from(chunk));
        expect((await readFile(join(folder, path))).equals(Buffer.concat(chunks))).toBe(true);
        expect(there.delete(path)).toBe(true);
      }
    });
    expect(outcome).toBeUndefined();
    expect([...there]).toEqual([]);
  }

  it('goes on after the line was cut, and gives the same bytes', async () => {
    const asked = await running.archive.exports.begin.run(made.officer, made.caseId, '调取');
    expect(await makeDossier(running, asked)).toBe('ready');
    const whole = await fetch(`${server.url}/api/v1/exports/${asked}/dossier.zip`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(whole.headers.get('etag')).toMatch(/^"[0-9a-f-]{36}-[0-9a-f]{64}"$/);
    const bytes = Buffer.from(await whole.arrayBuffer());
    expect(Number(whole.headers.get('content-length'))).toBe(bytes.length);

    const out = join(dir, 'cut.zip');
    const outcome = await cutOnce(`${out}.${asked}.part`, () =>
      run(exportCommand, [made.caseId], { out, export: asked, url: line.url }, env()),
    );
    expect(outcome.code).toBe(0);
    expect((await readFile(out)).equals(bytes)).toBe(true);

    // Into a folder, from which the same zip file could be made again.
    const folder = join(dir, 'cut');
    const into = { out: folder, export: asked, url: line.url };
    const part = `${folder}.${asked}.part`;
    const original = `data/originals/${made.assetIds[0]}/现场.mp4`;
    expect((await cutOnce(join(part, original), () => run(exportCommand, [made.caseId], into, env()))).code).toBe(0);
    await expectSameFiles(folder, out);

    // And when it was begun another day: what is there already is kept, as far as it is long enough.
    await rename(folder, part);
    await truncate(join(part, original), 9 * MEBIBYTE + 1);
    await truncate(join(part, 'bagit.txt'), 3);
    expect((await run(exportCommand, [made.caseId], into, env())).code).toBe(0);
    await expectSameFiles(folder, out);

    // What is there and is wrong is found by its CRC, and does not stand in the way for ever.
    await rename(folder, part);
    await writeFile(join(part, original), Buffer.alloc(9 * MEBIBYTE, 'y'));
    expect(await run(exportCommand, [made.caseId], into, env())).toEqual({
      ...{ code: 1, text: expect.stringContaining('not whole') },
    });
    expect((await run(exportCommand, [made.caseId], into, env())).code).toBe(0);
    await expectSameFiles(folder, out);
  });

  it('says which original kept the dossier from being made', async () => {
    const { caseId, officer, assetIds } = await aSealedCase(running, [{ fileName: 'b.txt', bytes: Buffer.from('b') }]);
    const { asset } = await running.archive.assets.view.run(officer, assetIds[0] ?? '');
    await rm(join(running.dir, 'objects', 'vault', asset.objectKey ?? ''));
    const accounts = await running.archive.people.listAccounts.run({ ...officer, roles: ['administrator'] });
    const login = accounts.find(({ id }) => id === officer.accountId)?.login ?? '';
    const other = (await ApiClient.signIn(server.url, login, 'correct horse battery')).session.token ?? '';
    const options = { out: join(dir, 'none'), reason: '移送', url: server.url };
    const [outcome] = await Promise.all([run(exportCommand, [caseId], options, { LIUHEN_TOKEN: other }), workOnce()]);
    expect(outcome).toEqual({ code: 1, text: expect.stringContaining(assetIds[0] ?? '') });
  });
});
