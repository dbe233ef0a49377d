import type { Actor, Id } from '#domain';
import { createJobRunner, type JobHandlers } from '#jobs';
import { assetRepository, ledgerRepository } from '#persistence';
import { startChild } from '../../support/child-process.js';
import { type RunningArchive, SILENT } from '../../support/running-archive.js';
import { aPiece, openedCase, sha256Of } from '../archive/work.js';
import { contentOf } from './content.js';
import type { SenderOrder } from './sender-child.js';

export interface Ordeal {
  readonly running: RunningArchive;
  readonly pieceBytes: readonly number[];
  readonly hasChecksums?: boolean;
}

interface Killed {
  /** Null when nobody was told of the upload. */
  readonly assetId: Id | null;
  readonly acknowledgedBytes: number;
  /** Where it ended; null when it came to its end. */
  readonly point: string | null;
}

/** Kept busy at once: one child is starting while another runs. */
const AT_ONCE = 2;

/**
 * Kills the sender at its first point, then at its second, and so on until it comes through; each time another
 * archive goes on with what it left. At the end nothing acknowledged is lost and nothing is there twice.
 * @returns names of the points it was killed at
 */
export async function surviveEveryPoint(ordeal: Ordeal): Promise<string[]> {
  const { running } = ordeal;
  const actor = await running.person(['officer']);
  const { caseId, step } = await openedCase(running, actor);
  const target = { caseId, occurrenceId: step('interview') };
  const points: string[] = [];
  const kept = new Map<Id, string>();
  let next = 1;
  let isThrough = false;
  const strand = async (): Promise<void> => {
    while (!isThrough) {
      const fatal = next++;
      const killed = await send(ordeal, { actor, target, fatal });
      if (killed.point === null) isThrough = true;
      else points.push(killed.point);
      if (killed.assetId !== null) {
        await goOn(ordeal, actor, { ...killed, assetId: killed.assetId }, fatal);
        kept.set(killed.assetId, sha256Of(wholeContent(ordeal, fatal)));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, strand));
  await sealOwed(ordeal, [...kept.keys()]);
  await expectWholeAndOnce(ordeal, kept, actor);
  return points;
}

function wholeContent(ordeal: Ordeal, seed: number): Buffer {
  return contentOf(
    seed,
    ordeal.pieceBytes.reduce((sum, size) => sum + size, 0),
  );
}

async function send(ordeal: Ordeal, of: Pick<SenderOrder, 'actor' | 'target' | 'fatal'>): Promise<Killed> {
  const { running, pieceBytes, hasChecksums = false } = ordeal;
  const order: SenderOrder = { ...of, options: running.options, pieceBytes, hasChecksums, seed: of.fatal };
  const child = await startChild(new URL('./sender-child.ts', import.meta.url), [JSON.stringify(order)]);
  let killed: Killed = { assetId: null, acknowledgedBytes: 0, point: null };
  for (;;) {
    const [word = '', ...rest] = (await child.nextLine()).split(' ');
    const said = rest.join(' ');
    if (word === 'begun') killed = { ...killed, assetId: said };
    if (word === 'acknowledged') killed = { ...killed, acknowledgedBytes: Number(said) };
    if (word === 'sealed') expect(said).toBe('sealed');
    if (word === 'killed') killed = { ...killed, point: said.replace(/^at /, '') };
    if (word === 'killed' || word === 'ended') break;
  }
  await child.kill();
  return killed;
}

/** What the client and the sweeps do next, in an archive that knows nothing of the one that died. */
async function goOn(
  ordeal: Ordeal,
  actor: Actor,
  killed: Killed & { readonly assetId: Id },
  seed: number,
): Promise<void> {
  const { running } = ordeal;
  const { archive, close } = await running.another();
  const { assetId } = killed;
  try {
    const found = await archive.uploads.status.run(actor, assetId);
    expect(found.offsetBytes).toBeGreaterThanOrEqual(killed.acknowledgedBytes);
    if (found.isFinished) return;
    if (found.offsetBytes === found.lengthBytes) {
      await finishWhole(ordeal, seed, () => archive.uploads.finishWhole.run(assetId));
    } else {
      const { offsetBytes } = found;
      const rest = wholeContent(ordeal, seed).subarray(offsetBytes);
      await archive.uploads.write.run(actor, assetId, aPiece(rest, { offsetBytes }));
    }
    expect(await archive.uploads.status.run(actor, assetId)).toMatchObject({
      isFinished: true,
      offsetBytes: found.lengthBytes,
    });
  } finally {
    await close();
  }
}

/** The client's next request finishes it; where no client comes back, the sweep does. */
async function finishWhole({ running }: Ordeal, turn: number, byRequest: () => Promise<unknown>): Promise<void> {
  if (turn % 2 === 0) {
    await byRequest();
    return;
  }
  running.clock.advance(120_000);
  await running.archive.uploads.sweep.run();
}

/** Asks again for what is owed, and lets a worker do it: jobs the dead have left behind included. */
async function sealOwed({ running }: Ordeal, assetIds: readonly Id[]): Promise<void> {
  running.clock.advance(60_000);
  await running.archive.work.enqueueOwed.run();
  const nothing = async (): Promise<void> => undefined;
  const handlers: JobHandlers = {
    'asset.seal': async ({ assetId }, { signal }) => void (await running.archive.work.seal.run(assetId, signal)),
    'asset.look': nothing,
    'asset.proxy': nothing,
    'case.export': nothing,
    'case.check': nothing,
    'case.court_check': nothing,
    'asset.segments': nothing,
    'asset.scrub': nothing,
    'asset.replicate': nothing,
    'replica.scrub': nothing,
    'form.print': nothing,
    'asset.heal': nothing,
    'watch.sweep': nothing,
    'vault.test': nothing,
    'upload.sweep': nothing,
    'owed.sweep': nothing,
    'cache.trim': nothing,
  };
  const runner = createJobRunner(running.options.queue, handlers, { log: SILENT, concurrency: { custody: 2 } });
  await runner.start();
  const { reader } = running.parts.database;
  try {
    for (;;) {
      const assets = await assetRepository.findMany(reader, assetIds);
      if (assets.every((asset) => asset.custody !== 'received')) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } finally {
    await runner.stop(10_000);
  }
}

async function expectWholeAndOnce(ordeal: Ordeal, kept: ReadonlyMap<Id, string>, actor: Actor): Promise<void> {
  const { running } = ordeal;
  const { reader } = running.parts.database;
  for (const [assetId, sha256] of kept) {
    const { asset, link } = await running.archive.assets.view.run(actor, assetId);
    expect(asset).toMatchObject({ custody: 'sealed', sha256 });
    expect(link).not.toBeNull();
    expect(await running.parts.store.listVersions('vault', asset.objectKey ?? '')).toHaveLength(1);
    const types = (await ledgerRepository.page(reader, `asset:${assetId}`, 0, 100)).map((event) => event.type);
    expect(types).toEqual(['asset.begun', 'asset.received', 'asset.linked', 'asset.sealed']);
  }
  // Those nobody was told of, and nobody went on with, go with the next sweeps.
  running.clock.advance(30 * 86_400_000);
  await running.archive.uploads.sweep.run();
  expect(await running.archive.uploads.listUnfinished.run(actor)).toEqual([]);
  const stored: string[] = [];
  for await (const { key } of running.parts.store.list('vault', 'originals/')) stored.push(key);
  const named: { key: string }[] = await reader.query(
    'SELECT object_key AS key FROM assets WHERE object_key IS NOT NULL',
  );
  expect(stored.sort()).toEqual(named.map((row) => row.key).sort());
  for await (const { key } of running.parts.store.list('staging', '')) expect(key).toBeNull();
  const now = running.clock.now();
  for await (const { key } of running.parts.store.unfinishedIntakes(now)) expect(key).toBeNull();
}
