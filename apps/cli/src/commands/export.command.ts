import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExportView, exportSchema } from '#contract';
import { RENDITION_KINDS, type RenditionKind } from '#domain';
import { isDossierError } from '#dossier';
import type { ApiClient } from '../client/api-client.js';
import { download, type Receiver } from '../client/download.js';
import { findCase } from '../client/find-case.js';
import { ReceivedFile, ReceivedFolder } from '../client/received-files.js';
import { callerFolder, SIGN_IN_OPTIONS, signedInClient } from '../client/sign-in.js';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { ProgressBar } from '../terminal/progress-bar.js';
import { sizeText } from '../terminal/quantities.js';
import type { Terminal } from '../terminal/terminal.js';
import { verb } from '../verb.js';

/** Between two looks whether it is made: a small case does not wait for a second, a large one is not asked for all the time. */
const LOOK_MS = { first: 100, most: 1_000 } as const;

export const exportCommand = verb({
  name: 'export',
  zh: '导出案件的案卷：逐个原件重新核对，打包并取回；断线自动续传',
  en: 'Gives out the dossier of a case: every original is checked again, then all of it is fetched; goes on after a cut',
  operands: 'CASE',
  options: {
    out: {
      type: 'string',
      value: 'DIR|FILE.zip',
      zh: '存到文件夹或 zip 文件（必填）',
      en: 'Folder or zip file (needed)',
    },
    reason: {
      type: 'string',
      value: 'TEXT',
      zh: '导出原因（必填，除非用 --export）',
      en: 'Why (needed, unless --export)',
    },
    renditions: {
      type: 'string',
      value: 'KIND,…',
      zh: `一并装入的衍生件种类：${RENDITION_KINDS.join('、')}（默认不装）`,
      en: `Kinds of renditions to put in: ${RENDITION_KINDS.join(', ')} (none unless said)`,
    },
    export: {
      type: 'string',
      value: 'ID',
      zh: '继续取回此前已申请的案卷',
      en: 'Goes on with a dossier asked for before',
    },
    ...SIGN_IN_OPTIONS,
  },
  run: async ({ options, positionals, env, terminal }) => {
    const [caseName, more] = positionals;
    const { out, reason } = options;
    if (caseName === undefined || more !== undefined || out === undefined)
      throw usage('请给出一个案件与 --out', 'Give one case and --out');
    if (reason === undefined && options.export === undefined) throw usage('请给出 --reason', 'Give --reason');
    const renditions = kindsOf(options.renditions);
    const target = resolve(callerFolder(env), out);
    const isZip = target.endsWith('.zip');
    await requireFree(target, isZip);
    const client = await signedInClient(env, terminal, options);
    const asked = await askFor(client, caseName, { reason, renditions, exportId: options.export });
    terminal.note(`案卷 dossier ${asked.id}`);
    const ready = await untilReady(client, terminal, asked);
    await fetchTo(client, terminal, ready, { target, isZip });
    if (ready.hasLists === false)
      terminal.note(
        '！案卷内没有卷内目录与录音录像清单：服务端缺少中文字体（fonts-noto-cjk）。',
        '  The lists are not in it: the server has no Chinese font.',
      );
    terminal.say(`${ready.id}\t${ready.tagManifest ?? ''}\t${target}`);
    return EXIT.ok;
  },
});

function kindsOf(words: string | undefined): RenditionKind[] {
  const named = words === undefined ? [] : words.split(',').map((word) => word.trim());
  return named.map((name) => {
    const kind = RENDITION_KINDS.find((known) => known === name);
    if (kind !== undefined) return kind;
    const all = RENDITION_KINDS.join(', ');
    throw usage(`没有衍生件种类 ${name}；可选 ${all}`, `There is no kind of rendition ${name}; there are ${all}`);
  });
}

async function requireFree(target: string, isZip: boolean): Promise<void> {
  const there = await readdir(isZip ? dirname(target) : target).catch((): string[] => []);
  const isTaken = isZip ? there.includes(target.slice(dirname(target).length + 1)) : there.length > 0;
  if (isTaken) throw usage(`${target} 已存在，不会覆盖`, `${target} is there already and is not written over`);
}

async function askFor(
  client: ApiClient,
  caseName: string,
  asked: {
    readonly reason: string | undefined;
    readonly renditions: readonly RenditionKind[];
    readonly exportId: string | undefined;
  },
): Promise<ExportView> {
  const { reason, renditions, exportId } = asked;
  const found = await findCase(client, caseName);
  if (found === null)
    throw new CommandFailure(EXIT.notFound, { zh: `没有案件 ${caseName}`, en: `There is no case ${caseName}` });
  if (exportId === undefined)
    return await client.send('POST', `/cases/${found.id}/exports`, exportSchema, { reason, renditions });
  return await client.get(`/exports/${exportId}`, exportSchema);
}

/** @throws CommandFailure when an original is not as its events say */
export async function untilReady(client: ApiClient, terminal: Terminal, asked: ExportView): Promise<ExportView> {
  const bar = new ProgressBar(terminal, asked.totalBytes);
  let now = asked;
  let pauseMs: number = LOOK_MS.first;
  while (now.state === 'waiting' || now.state === 'checking') {
    bar.show(now.doneBytes);
    await sleep(pauseMs);
    pauseMs = Math.min(1.2 * pauseMs, LOOK_MS.most);
    now = await client.get(`/exports/${asked.id}`, exportSchema);
  }
  terminal.settle();
  if (now.state === 'ready') return now;
  const { assetId, difference, block } = now.failure ?? { assetId: '?', difference: '?', block: null };
  const where = block === null ? '' : `，首个不符的块 block ${block}`;
  throw new CommandFailure(EXIT.notAsItShouldBe, {
    zh: `原件或衍生件与登记不符，未制作案卷：材料 ${assetId}（${difference}${where}）`,
    en: `An original or rendition is not as its events say, so there is no dossier: asset ${assetId} (${difference})`,
  });
}

export async function fetchTo(
  client: ApiClient,
  terminal: Terminal,
  ready: ExportView,
  { target, isZip }: { readonly target: string; readonly isZip: boolean },
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const sizeBytes = ready.sizeBytes ?? 0;
  // Named by the dossier: run again with --export, it goes on.
  const part = `${target}.${ready.id}.part`;
  terminal.note(`取回 fetching ${sizeText(sizeBytes)} …`);
  const bar = new ProgressBar(terminal, sizeBytes);
  const fetchInto = async (receiver: Receiver & { close(): Promise<void> }): Promise<void> => {
    const from = { path: `/exports/${ready.id}/dossier.zip`, sizeBytes };
    await download(client, from, { receiver, onProgress: (bytes) => bar.show(bytes) }).finally(() => receiver.close());
  };
  await (isZip ? fetchInto(await ReceivedFile.open(part)) : fetchFolder(part, `dossier-${ready.id}`, fetchInto));
  terminal.settle();
  await rename(part, target);
}

/** What does not hold is not kept: to go on with it would never end well. */
async function fetchFolder(
  folder: string,
  top: string,
  fetchInto: (receiver: ReceivedFolder) => Promise<void>,
): Promise<void> {
  const receiver = new ReceivedFolder(folder, top);
  try {
    await fetchInto(receiver);
    if (receiver.isWhole) return;
  } catch (error) {
    if (!isDossierError(error)) throw error;
    await rm(folder, { recursive: true, force: true });
    throw notWhole(`${error.code}: ${error.message}`);
  }
  throw notWhole('it ends early');
}

function notWhole(why: string): CommandFailure {
  return new CommandFailure(EXIT.notAsItShouldBe, {
    zh: `取回的案卷不完整或被改动（${why}），未保留；请再次取回`,
    en: `What was fetched is not whole (${why}) and was not kept; fetch it again`,
  });
}

function usage(zh: string, en: string): CommandFailure {
  return new CommandFailure(EXIT.usage, { zh, en });
}
