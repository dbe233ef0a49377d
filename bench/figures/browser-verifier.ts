import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { PersonalBrowser } from '../../test/support/browser.js';
import {
  blockLeaves,
  handmadeDossier,
  LOG_KEY,
  ordinaryDrafts,
  policyOf,
  treeRoot,
  uuid,
  WITNESSES,
} from '../../test/support/handmade-dossier.js';
import { writeFolder } from '../../test/support/second-verifier.js';
import { type Bench, type FigureResult, type Figures, median } from '../figure.js';

const MIB = 1_048_576;
const FILE_MIB = 1_024;
const DOSSIER_MIB = 512;
const VERIFIER = new URL('../../dist/apps/verifier/verify.html', import.meta.url);

/** A gibibyte in Chromium, on a page opened from the disk: block roots alone, and a whole dossier. */
export const browserVerifier: Figures = {
  name: 'browser',
  about: `block roots of a ${FILE_MIB} MiB file, and a dossier of ${DOSSIER_MIB} MiB, checked in Chromium`,
  async run(bench) {
    const browser = await PersonalBrowser.make();
    try {
      const page = await browser.open();
      return [await blockRoots(bench, page), await wholeDossier(bench, page)];
    } finally {
      await browser.remove();
    }
  },
};

async function blockRoots(bench: Bench, page: Page): Promise<FigureResult> {
  const file = join(bench.dir, 'recording.mp4');
  const root = await writeRecording(file);
  await buildMeasurePage(bench.dir);
  const speeds: number[] = [];
  const nodeSpeeds: number[] = [];
  for (let round = 0; round <= bench.rounds; round++) {
    nodeSpeeds.push(nodeSpeed());
    await page.goto(pathToFileURL(join(bench.dir, 'measure.html')).href);
    await page.locator('#file').setInputFiles(file);
    const result = page.locator('#result:not(:empty)');
    await result.waitFor();
    const found = JSON.parse((await result.textContent()) ?? '') as { root: string; seconds: number };
    if (found.root !== root) throw new Error('the browser found another block root');
    const speed = FILE_MIB / found.seconds;
    if (round > 0) speeds.push(speed);
    bench.say(`${round === 0 ? 'warm-up' : `round ${round}`}: block roots ${speed.toFixed(0)} MiB/s`);
  }
  const runs = { ours: speeds, rival: [] };
  const note = `one thread of Node's SHA-256 in the same rounds: ${median(nodeSpeeds).toFixed(0)} MiB/s`;
  const shared = { unit: 'MiB/s', rival: null, rivalName: null, reach: { atLeast: 300 }, note };
  return { figure: 'browser: block roots of one file', ours: median(speeds), ...shared, runs };
}

async function wholeDossier(bench: Bench, page: Page): Promise<FigureResult> {
  const asset = { id: uuid(20), name: 'recording.mp4', bytes: Buffer.alloc(DOSSIER_MIB * MIB, 'frames; ') };
  const folder = join(bench.dir, 'dossier');
  await writeFolder(folder, handmadeDossier({ assets: [asset], drafts: ordinaryDrafts([asset]) }));
  const speeds: number[] = [];
  for (let round = 0; round <= bench.rounds; round++) {
    await page.goto(VERIFIER.href);
    await page.locator('#folder').setInputFiles(folder);
    await page.getByText('已选择').waitFor();
    await page.locator('#keys').fill(policyOf(LOG_KEY, WITNESSES));
    const began = performance.now();
    await page.locator('#start').click();
    // Without time-stamps it cannot pass; nothing in it may fail.
    await page.locator('[data-verdict="NOT CHECKED"]').waitFor();
    const speed = DOSSIER_MIB / ((performance.now() - began) / 1_000);
    if (round > 0) speeds.push(speed);
    bench.say(`${round === 0 ? 'warm-up' : `round ${round}`}: whole dossier ${speed.toFixed(0)} MiB/s`);
  }
  const note = 'SHA-256, SM3 and block root of every byte; SM3 sets the pace';
  const shared = { unit: 'MiB/s', rival: null, rivalName: null, reach: null, note };
  return { figure: 'browser: whole dossier', ours: median(speeds), ...shared, runs: { ours: speeds, rival: [] } };
}

/** How fast this machine hashes just now: what else it does is seen in it. */
function nodeSpeed(): number {
  const block = Buffer.alloc(MIB, 'x');
  const began = performance.now();
  for (let n = 0; n < 256; n++) createHash('sha256').update(block).digest();
  return 256 / ((performance.now() - began) / 1_000);
}

/** Every mebibyte is another. @returns its block root, in hex */
async function writeRecording(path: string): Promise<string> {
  const file = await open(path, 'w');
  const leaves: Buffer[] = [];
  try {
    for (let n = 0; n < FILE_MIB; n++) {
      const block = Buffer.alloc(MIB, `block ${n} of the recording; `);
      leaves.push(...blockLeaves(block));
      await file.write(block);
    }
  } finally {
    await file.close();
  }
  return treeRoot(leaves).toString('hex');
}

/** The same code as the verifier's, without the rest of the check. */
async function buildMeasurePage(dir: string): Promise<void> {
  const [{ build }, { oneFileConfig }] = await Promise.all([import('vite'), import('../../apps/verifier/one-file.js')]);
  await build({ ...oneFileConfig('measure.html', 'measure.html', dir), logLevel: 'warn' });
}
