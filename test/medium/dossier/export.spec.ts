import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Actor, Id } from '#domain';
import { bagInside, type DossierReport, openZip, verifyDossier } from '#dossier';
import { exportRepository, ledgerRepository } from '#persistence';
import { verifyEd25519 } from '#signing';
import { parsePolicy } from '#tlog';
import { FolderFiles } from '../../../apps/cli/src/commands/check/folder-files.js';
import { sha256 } from '../../../libs/archive/src/ledger/canonical.js';
import { hashes } from '../../support/dossier-draft.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import {
  aSealedCase,
  type ExportedCase,
  lookedAt,
  madeIn,
  makeDossier,
  makeSampleDossier,
  outsidePolicy,
  type SampleDossier,
} from '../../support/sample-dossier.js';

const run = promisify(execFile);
const MEBIBYTE = 1_048_576;

async function bytesOf(running: LoggedArchive, actor: Actor, id: Id, from?: number, to?: number): Promise<Buffer> {
  const opened = await running.archive.exports.open.run(actor, id);
  const range = from === undefined || to === undefined ? null : { start: from, end: to };
  const chunks: Buffer[] = [];
  for await (const chunk of await opened.open(range, new AbortController().signal)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function checkZip(running: LoggedArchive, zip: Buffer): Promise<DossierReport> {
  const access = { sizeBytes: zip.length, read: async (at: number, length: number) => zip.subarray(at, at + length) };
  const trust = parsePolicy(sha256, await outsidePolicy(running));
  return await verifyDossier(await bagInside(await openZip(access)), { hashes, verifyEd25519, trust });
}

const found = ({ items }: DossierReport): string[] =>
  items.flatMap(({ kind, findings }) => findings.map(({ reason }) => `${kind} ${reason}`));

describe('a case given out', () => {
  let running: LoggedArchive;
  let made: ExportedCase;

  beforeAll(async () => {
    running = await runLoggedArchive({ quorum: 1 });
    made = await aSealedCase(running, [
      { fileName: '现场.mp4', bytes: Buffer.alloc(3 * MEBIBYTE + 7, 'a') },
      { fileName: '../../etc/passwd', bytes: Buffer.from('root') },
      { fileName: '空.txt', bytes: Buffer.alloc(0) },
    ]);
  });
  afterAll(() => running.stop());

  const exported = async (reason = '移送法院'): Promise<Id> => {
    const id = await running.archive.exports.begin.run(made.officer, made.caseId, reason);
    expect(await makeDossier(running, id)).toBe('ready');
    return id;
  };

  it('verifies with keys from outside, and is the same bytes each time, from anywhere', async () => {
    const id = await exported();
    const zip = await bytesOf(running, made.officer, id);
    const report = await checkZip(running, zip);
    expect(found(report)).toEqual(['timestamp no-timestamp']);
    expect(report.counts).toMatchObject({ withheld: 0 });
    expect(report.items.filter(({ kind }) => kind === 'packed')).toMatchObject([{ verdict: 'PASS' }]);
    expect(report.dossierId).toBe(id);
    expect((await bytesOf(running, made.officer, id)).equals(zip)).toBe(true);
    for (const [from, to] of [
      [0, 0],
      [1, 99],
      [1_000_000, 3_500_000],
      [zip.length - 30, zip.length - 1],
    ] as const)
      expect((await bytesOf(running, made.officer, id, from, to)).equals(zip.subarray(from, to + 1))).toBe(true);
    const record = await running.archive.exports.view.run(made.officer, id);
    expect(record).toMatchObject({
      state: 'ready',
      zipBytes: zip.length,
      doneBytes: record.totalBytes,
      hasLists: true,
    });
    for (const name of ['卷内目录.pdf', '录音录像清单.pdf']) expect(zip.includes(`data/documents/${name}`)).toBe(true);
  });

  it('leaves events: asked for with its reason withheld, made, taken once a session', async () => {
    const id = await exported('给对方当事人');
    await bytesOf(running, made.officer, id);
    await bytesOf(running, made.officer, id, 0, 5);
    const { reader } = running.parts.database;
    const events = (await ledgerRepository.page(reader, `case:${made.caseId}`, 0, 500)).filter(({ leaf }) =>
      leaf.includes(id),
    );
    expect(events.map(({ type }) => type)).toEqual(['case.exported', 'case.dossier_made', 'case.dossier_read']);
    expect(events.some(({ leaf }) => leaf.includes('当事人'))).toBe(false);
    expect(JSON.parse(events[0]?.leaf.toString() ?? '').public.heads).toHaveLength(3);
  });

  it('is only for those who may, and only when it is ready', async () => {
    const [archivist, stranger, administrator] = [
      await running.person(['archivist']),
      await running.person(['officer']),
      await running.person(['administrator']),
    ];
    const { exports } = running.archive;
    const id = await exports.begin.run(archivist, made.caseId, '调取');
    await expect(exports.open.run(archivist, id)).rejects.toMatchObject({ code: 'precondition-failed' });
    for (const actor of [stranger, administrator]) {
      await expect(exports.begin.run(actor, made.caseId, '好奇')).rejects.toMatchObject({ code: 'not-found' });
      await expect(exports.view.run(actor, id)).rejects.toMatchObject({ code: 'not-found' });
      await expect(exports.open.run(actor, id)).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('waits for what is not sealed yet', async () => {
    const { officer, caseId, assetIds } = await aSealedCase(running, [{ fileName: 'a.txt', bytes: Buffer.from('a') }]);
    await running.parts.database.reader.query(`UPDATE assets SET custody = 'received' WHERE id = $1`, [assetIds[0]]);
    await expect(running.archive.exports.begin.run(officer, caseId, '移送')).rejects.toMatchObject({
      code: 'precondition-failed',
      details: { unsealed: 1 },
    });
    await running.parts.database.reader.query(`UPDATE assets SET custody = 'sealed' WHERE id = $1`, [assetIds[0]]);
  });

  it('that has an original altered is not made: the asset and the block are named', async () => {
    const { officer, caseId, assetIds } = await aSealedCase(running, [
      { fileName: 'good.txt', bytes: Buffer.from('good') },
      { fileName: 'bad.mp4', bytes: Buffer.alloc(4 * MEBIBYTE, 'b') },
    ]);
    const asset = await running.archive.assets.view.run(officer, assetIds[1] ?? '');
    const path = join(running.dir, 'objects', 'vault', asset.asset.objectKey ?? '');
    const bytes = await readFile(path);
    bytes[2 * MEBIBYTE + 5] = 0;
    await chmod(path, 0o600);
    await writeFile(path, bytes);
    const id = await running.archive.exports.begin.run(officer, caseId, '移送');
    expect(await makeDossier(running, id)).toBe('failed');
    const failure = { assetId: assetIds[1], difference: 'block-root', block: 2 };
    expect(await running.archive.exports.view.run(officer, id)).toMatchObject({ state: 'failed', failure });
    const event = await ledgerRepository.last(running.parts.database.reader, `case:${caseId}`, 'case.export_failed');
    expect(JSON.parse(event?.leaf.toString() ?? '').public).toEqual({
      ...{ dossier: id, asset: assetIds[1], difference: 'block-root', block: 2 },
    });
    const finding = await ledgerRepository.last(running.parts.database.reader, `asset:${assetIds[1]}`, 'asset.checked');
    expect(JSON.parse(finding?.leaf.toString() ?? '').public).toMatchObject({ result: 'altered', cause: 'export' });
    await rm(path);
    const again = await running.archive.exports.begin.run(officer, caseId, '移送');
    expect(await makeDossier(running, again)).toBe('failed');
    expect((await exportRepository.find(running.parts.database.reader, again))?.failure?.difference).toBe('missing');
  });

  it('with an original that was quarantined is carried, and says so to whoever checks it', async () => {
    const officer = await running.person(['officer']);
    const { caseId, assetIds } = await aSealedCase(running, [{ fileName: 'good.txt', bytes: Buffer.from('good') }]);
    const supervisor = await running.person(['supervisor']);
    expect(officer.accountId).not.toBe(supervisor.accountId);
    const { parts } = running;
    const { appendEvents, bySystem } = await import('../../../libs/archive/src/ledger/append-events.js');
    await parts.database.transaction((tx) =>
      appendEvents(tx, bySystem(parts.clock.now()), [
        { type: 'asset.quarantined', chain: `asset:${assetIds[0] ?? ''}`, public: { difference: 'extra-version' } },
      ]),
    );
    const id = await running.archive.exports.begin.run(supervisor, caseId, '移送');
    expect(await makeDossier(running, id)).toBe('ready');
    expect(found(await checkZip(running, await bytesOf(running, supervisor, id)))).toEqual([
      'original quarantined',
      'timestamp no-timestamp',
    ]);
  });

  it('of very many assets names them over several events', async () => {
    const officer = await running.person(['officer']);
    const { caseId } = await aSealedCase(running, []);
    const owner = await running.person(['supervisor']);
    expect(officer).toBeDefined();
    const originals = Array.from({ length: 305 }, (_, i) => ({ fileName: `${i}.txt`, bytes: Buffer.from(`${i}`) }));
    const many = await aSealedCase(running, originals);
    const id = await running.archive.exports.begin.run(owner, many.caseId, '移送');
    expect(await makeDossier(running, id)).toBe('ready');
    const report = await checkZip(running, await bytesOf(running, owner, id));
    expect(found(report)).toEqual(['timestamp no-timestamp']);
    expect(report.items.filter(({ kind }) => kind === 'original')).toHaveLength(305);
    const none = await running.archive.exports.begin.run(owner, caseId, '空案');
    expect(await makeDossier(running, none)).toBe('ready');
    expect(found(await checkZip(running, await bytesOf(running, owner, none)))).toEqual(['timestamp no-timestamp']);
  });

  it('carries the renditions that were chosen, as far as they were made by then, and how they were made', async () => {
    const { officer, caseId, assetIds } = await aSealedCase(running, [
      { fileName: 'a.mp4', bytes: Buffer.from('a recording') },
      { fileName: 'b.txt', bytes: Buffer.from('a paper') },
    ]);
    const [assetId = ''] = assetIds;
    await lookedAt(running, assetId, ['poster', 'pages']);
    const id = await running.archive.exports.begin.run(officer, caseId, '移送', ['proxy', 'pages', 'pages']);
    await running.parts.database.reader.query(`UPDATE assets SET proxy_state = 'owed' WHERE id = $1`, [assetId]);
    await running.archive.work.makeProxy.run(assetId, ({ outputDir }) => madeIn(outputDir, 'proxy'));
    expect(await makeDossier(running, id)).toBe('ready');
    const report = await checkZip(running, await bytesOf(running, officer, id));
    expect(found(report)).toEqual(['timestamp no-timestamp']);
    const subjects = ({ items }: DossierReport) =>
      items.flatMap(({ kind, subject }) => (kind === 'rendition' ? [subject] : []));
    expect(subjects(report)).toEqual([`data/renditions/${assetId}/pages`]);

    const later = await running.archive.exports.begin.run(officer, caseId, '移送', ['proxy', 'pages', 'text']);
    expect(await makeDossier(running, later)).toBe('ready');
    const both = await bytesOf(running, officer, later);
    expect(subjects(await checkZip(running, both))).toEqual(
      ['pages', 'proxy'].map((kind) => `data/renditions/${assetId}/${kind}`),
    );
    expect(both.includes('"version": "ffmpeg version 5.1"')).toBe(true);
    expect(await running.archive.exports.view.run(officer, later)).toMatchObject({
      renditions: ['pages', 'proxy', 'text'],
    });

    const [, last] =
      (await running.archive.assets.view.run(officer, assetId)).renditions.find(({ kind }) => kind === 'pages')
        ?.files ?? [];
    const path = join(running.dir, 'objects', 'media', last?.key ?? '');
    await chmod(path, 0o600);
    await writeFile(path, 'another pag');
    const altered = await running.archive.exports.begin.run(officer, caseId, '移送', ['pages']);
    expect(await makeDossier(running, altered)).toBe('failed');
    expect(await running.archive.exports.view.run(officer, altered)).toMatchObject({
      failure: { assetId, difference: 'rendition', block: null },
    });
  });

  it('without a font is made without its lists, and its record says so', async () => {
    const id = await running.archive.exports.begin.run(made.officer, made.caseId, '移送');
    expect(await makeDossier(running, id, null)).toBe('ready');
    expect(await running.archive.exports.view.run(made.officer, id)).toMatchObject({ state: 'ready', hasLists: false });
    const zip = await bytesOf(running, made.officer, id);
    expect(zip.includes('data/documents/')).toBe(false);
    expect(found(await checkZip(running, zip))).toEqual(['timestamp no-timestamp']);
  });

  it('whose lists are drawn otherwise after a crash is bound to those it has', async () => {
    const id = await running.archive.exports.begin.run(made.officer, made.caseId, '移送');
    const { MakeDossier } = await import('../../../libs/archive/src/export/make-dossier.js');
    const stop = new AbortController();
    const drawLists = (text: string) => async () => [{ name: '卷内目录.pdf', bytes: Buffer.from(text) }];
    const { reader } = running.parts.database;
    const cut = new MakeDossier(running.parts).run(id, { drawLists: drawLists('first'), signal: stop.signal });
    const ended = expect(cut).rejects.toThrow();
    while ((await ledgerRepository.last(reader, `dossier:${id}`, 'dossier.packed')) === null)
      await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await ended;
    expect(await makeDossier(running, id, drawLists('second'))).toBe('ready');
    const zip = await bytesOf(running, made.officer, id);
    expect(found(await checkZip(running, zip))).toEqual(['timestamp no-timestamp']);
    const events = await ledgerRepository.page(reader, `dossier:${id}`, 0, 10);
    expect(events.map(({ type, chainSeq }) => [type, chainSeq])).toEqual([
      ['dossier.packed', 1],
      ['dossier.packed', 2],
    ]);
    expect(zip.includes('second') && !zip.includes('first.')).toBe(true);
  });

  it('is made again by the next run when one was cut off, over the same files', async () => {
    const id = await running.archive.exports.begin.run(made.officer, made.caseId, '移送');
    const cut = AbortSignal.abort(new Error('stopped'));
    const { MakeDossier } = await import('../../../libs/archive/src/export/make-dossier.js');
    await expect(new MakeDossier(running.parts).run(id, { signal: cut })).rejects.toThrow('stopped');
    expect(await makeDossier(running, id)).toBe('ready');
    expect(await makeDossier(running, id)).toBe('nothing-owed');
  });
});

describe('the sample dossier', () => {
  let dir: string;
  let sample: SampleDossier;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-sample-'));
    sample = await makeSampleDossier(dir);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('passes in every respect, as a folder', async () => {
    const trust = parsePolicy(sha256, await readFile(sample.policyPath));
    const timestampRoots = [await readFile(sample.rootsPath)];
    const check = { hashes, verifyEd25519, trust, timestampRoots };
    const report = await verifyDossier(new FolderFiles(sample.folder), check);
    expect(found(report)).toEqual([]);
    expect(report.verdict).toBe('PASS');
    expect(report.stamped).toHaveLength(1);
  });

  it('is checked by hand as its HOWTO says', async () => {
    const text = await readFile(join(sample.folder, 'verify/HOWTO.md'), 'utf8');
    const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(blocks).toHaveLength(6);
    const outputs: string[] = [];
    for (const block of blocks) {
      const script = block.replace('ROOTS.pem', sample.rootsPath).replace('-CAfile', '-token_in -CAfile');
      outputs.push((await run('sh', ['-euc', script], { cwd: sample.folder })).stdout);
    }
    expect([outputs[0], outputs[2]]).toEqual(['', '']);
    expect(outputs[1]).toMatch(/^([0-9a-f]{64})\n\1\n$/);
    const [event, leaf, listed] = (outputs[3] ?? '').trim().split('\n');
    expect(JSON.parse(event ?? '')).toMatchObject({ v: 1 });
    expect(leaf).toBe(listed);
    expect(
      createHash('sha256')
        .update(Buffer.of(0))
        .update(event ?? '')
        .digest('base64'),
    ).toBe(leaf);
    const prints = [...(outputs[4] ?? '').matchAll(/^([0-9a-f]{64}) {2}(\S+)$/gm)];
    expect(prints.length).toBeGreaterThan(1);
    for (const [, print, vkey = ''] of prints) expect(createHash('sha256').update(vkey).digest('hex')).toBe(print);
    expect(outputs[5]).toMatch(/Verification: OK/);
  });

  it('is read by the zip programs of others', async () => {
    const { stdout } = await run('unzip', ['-tq', sample.zipPath]);
    expect(stdout).toMatch(/No errors detected/);
  });
});
