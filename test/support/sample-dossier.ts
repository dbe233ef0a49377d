// A dossier out of a real archive: database, store, log, signer, witness and time-stamp authority are real; only who
// drives them is the test.
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MadeRendition } from '#archive';
import { type Actor, type Id, isArchiveError, type RenditionKind } from '#domain';
import { bagInside, openZip } from '#dossier';
import { drawLists, findListFonts } from '#media';
import { formatVerifierKey, parseVerifierKey } from '#tlog';
import { type DrawLists, type MadeResult, MakeDossier } from '../../libs/archive/src/export/make-dossier.js';
import { sha256 } from '../../libs/archive/src/ledger/canonical.js';
import { StampLog } from '../../libs/archive/src/ledger/log/stamp-log.js';
import { openedCase, received } from '../medium/archive/work.js';
import { type LoggedArchive, runLoggedArchive } from './logged-archive.js';
import { startTimestampAuthority } from './timestamp-authority.js';

export interface ExportedCase {
  readonly officer: Actor;
  readonly caseId: Id;
  readonly assetIds: readonly Id[];
}

/** A case of one officer with these originals, all sealed. */
export async function aSealedCase(
  running: LoggedArchive,
  originals: readonly { readonly fileName: string; readonly bytes: Buffer }[],
): Promise<ExportedCase> {
  const officer = await running.person(['officer']);
  const { caseId, step } = await openedCase(running, officer, { parties: [{ kind: 'person', name: '张三' }] });
  const target = { caseId, occurrenceId: step('site-inspection') };
  const assetIds: Id[] = [];
  for (let at = 0; at < originals.length; at += AT_ONCE) {
    const some = originals.slice(at, at + AT_ONCE).map(async ({ fileName, bytes }) => {
      const { assetId } = await received(running, officer, bytes, { fileName, target });
      if ((await running.archive.work.seal.run(assetId)) !== 'sealed') throw new Error(`${fileName} was not sealed`);
      return assetId;
    });
    assetIds.push(...(await Promise.all(some)));
  }
  return { officer, caseId, assetIds };
}

const AT_ONCE = 8;

/** What a tool would leave: two files. */
export async function madeIn(outputDir: string, kind: RenditionKind): Promise<MadeRendition> {
  const files = [1, 2].map((n) => ({ name: `${kind}/${kind}-${n}.jpg`, mime: 'image/jpeg', sizeBytes: 11 }));
  await mkdir(join(outputDir, kind), { recursive: true });
  for (const { name } of files) await writeFile(join(outputDir, name), `a picture ${name.at(-5)}`);
  return { kind, files, tool: 'ffmpeg', version: 'ffmpeg version 5.1', args: ['-i', '@input', `@output/${kind}`] };
}

/** What the worker's look would record. */
export async function lookedAt(running: LoggedArchive, assetId: Id, kinds: readonly RenditionKind[]): Promise<void> {
  await running.archive.work.look.run(assetId, async ({ outputDir }) => ({
    ...{ kind: 'video' as const, mime: 'video/mp4', playMode: 'native' as const, unviewable: null, durationMs: 1_000 },
    ...{ pageCount: null, deviceTime: null, place: null, facts: {} },
    renditions: await Promise.all(kinds.map((kind) => madeIn(outputDir, kind))),
  }));
}

const SETTLE_MS = 100;

/** What the worker does for an export, while the log is kept on: signed, and cosigned by the witness. */
export async function makeDossier(
  running: LoggedArchive,
  id: Id,
  drawLists: DrawLists | null | 'as the worker' = 'as the worker',
): Promise<MadeResult> {
  const lists = drawLists === 'as the worker' ? await listsAsTheWorkerDraws() : drawLists;
  let isOver = false;
  const making = new MakeDossier(running.parts).run(id, { drawLists: lists }).finally(() => {
    isOver = true;
  });
  const keeping = (async () => {
    while (!isOver) {
      // As the log's keeper does: a machine that is busy elsewhere may lose the server's patience, and asks again.
      await running.settle().catch((error: unknown) => {
        if (!isArchiveError(error, 'database-unavailable')) throw error;
      });
      await running.witnesses.run();
      await sleep(SETTLE_MS);
    }
  })();
  const [made] = await Promise.all([making, keeping]);
  return made;
}

/** Without the fonts the tests fail: a part of every dossier would go untested. */
async function listsAsTheWorkerDraws(): Promise<DrawLists> {
  const fonts = await findListFonts();
  if (fonts === null) throw new Error('fonts-noto-cjk is not installed');
  return (contents) => drawLists(contents, fonts);
}

/** The policy someone outside would have: keys of log and witness, and that the witness must have cosigned. */
export async function outsidePolicy({ signer, witness }: LoggedArchive): Promise<string> {
  const { vkey } = await signer.client.state();
  const spelled = (key: string): string => formatVerifierKey(parseVerifierKey(sha256, key));
  return `log ${spelled(vkey)}\nwitness w1 ${spelled(witness.vkey)}\nquorum w1\n`;
}

/** The zip file as it is given out, written to a file. */
export async function takeDossier(running: LoggedArchive, officer: Actor, id: Id, path: string): Promise<void> {
  const opened = await running.archive.exports.open.run(officer, id);
  await pipeline(await opened.open(null, new AbortController().signal), createWriteStream(path));
}

/** Unpacks the bag of a zip file into a new folder. */
export async function unpackDossier(zipPath: string, folder: string): Promise<void> {
  const handle = await open(zipPath);
  try {
    const { size } = await handle.stat();
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    const files = await bagInside(await openZip({ sizeBytes: size, read }));
    for await (const { path } of files.list()) {
      const to = join(folder, ...path.split('/'));
      await mkdir(dirname(to), { recursive: true });
      await pipeline(Readable.from(files.read(path)), createWriteStream(to, { flags: 'wx' }));
    }
  } finally {
    await handle.close();
  }
}

export interface SampleDossier {
  /** The bag, unpacked. */
  readonly folder: string;
  readonly zipPath: string;
  /** C2SP tlog-policy to check it with, as from outside. */
  readonly policyPath: string;
  /** Roots of the time-stamp authority, PEM. */
  readonly rootsPath: string;
  readonly dossierId: Id;
}

const MEBIBYTE = 1_048_576;

/**
 * Makes a dossier that is good in every respect, time-stamped too, in `dir`, which is made. The archive it comes from is
 * gone afterwards.
 */
export async function makeSampleDossier(dir: string): Promise<SampleDossier> {
  await mkdir(dir, { recursive: true });
  const running = await runLoggedArchive({ quorum: 1 });
  const authority = await startTimestampAuthority({ dir: await mkdtemp(join(running.dir, 'tsa-')) });
  try {
    const { officer, caseId, assetIds } = await aSealedCase(running, [
      { fileName: '现场 1.mp4', bytes: Buffer.alloc(2 * MEBIBYTE + 12_345, 'recording ') },
      { fileName: '询问笔录.pdf', bytes: Buffer.from('%PDF-1.7 笔录') },
      { fileName: 'empty.txt', bytes: Buffer.alloc(0) },
    ]);
    await lookedAt(running, assetIds[0] ?? '', ['poster', 'storyboard']);
    const dossierId = await running.archive.exports.begin.run(officer, caseId, '移送法院', ['storyboard', 'poster']);
    await running.settle();
    await running.witnesses.run();
    await new StampLog({ ...running.parts, authority: { url: authority.url, rootsPem: authority.rootPem } }).run();
    const made = await makeDossier(running, dossierId);
    if (made !== 'ready') throw new Error(`the dossier is ${made}`);
    const paths = ['folder', 'dossier.zip', 'trust.policy', 'roots.pem'].map((name) => join(dir, name));
    const [folder, zipPath, policyPath, rootsPath] = paths as [string, string, string, string];
    await takeDossier(running, officer, dossierId, zipPath);
    await unpackDossier(zipPath, folder);
    await writeFile(policyPath, await outsidePolicy(running));
    await writeFile(rootsPath, authority.rootPem);
    return { folder, zipPath, policyPath, rootsPath, dossierId };
  } finally {
    await authority.stop();
    await running.stop();
  }
}
