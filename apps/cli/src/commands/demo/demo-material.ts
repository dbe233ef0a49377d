import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AssetSummary, assetSchema, type CaseView } from '#contract';
import type { ApiClient } from '../../client/api-client.js';
import { occurrenceFor } from '../../client/find-case.js';
import { sendFile } from '../../client/tus-upload.js';
import { UploadMemory } from '../../client/upload-memory.js';
import { makeFootage, type SampleFile } from '../../footage/make-footage.js';
import { recipesOf } from '../../footage/recipes.js';
import type { SampleDay } from '../../footage/sample.js';
import type { Terminal } from '../../terminal/terminal.js';
import { DemoBoard, type Row, standingOf } from './demo-board.js';
import { assetsOf, findReceived } from './demo-case.js';

const POLL_MS = 500;

export interface MaterialPlan {
  readonly officer: ApiClient;
  readonly found: CaseView;
  readonly day: SampleDay;
  readonly dataDir: string;
  readonly terminal: Terminal;
  /** Nothing may take longer than this from here on, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Makes the sample files, hands each in as soon as it is made, and waits until all are sealed and can be looked at.
 * @returns what is not as it should be, a line each
 */
export async function handInMaterial(plan: MaterialPlan): Promise<string[]> {
  const { officer, found, day, dataDir, terminal } = plan;
  const titleOf = (stepId: string): string => found.procedure.steps.find(({ id }) => id === stepId)?.title.zh ?? stepId;
  const recipes = recipesOf(day);
  const board = new DemoBoard(terminal, recipes, titleOf);
  const known = await assetsOf(officer, found.id);
  const memory = new UploadMemory(join(dataDir, 'demo-uploads.json'));
  const deadline = Date.now() + plan.timeoutMs;
  const journeys: Promise<void>[] = [];
  board.start();
  try {
    await makeFootage(join(dataDir, 'demo-footage', day), recipes, {
      onShare: (recipe, share) => {
        const row = board.rowOf(recipe);
        row.startedAt ??= Date.now();
        board.set(row, `制作样例 making ${Math.floor(share * 100)} %`, share === 0);
      },
      onMade: (file) => {
        const row = board.rowOf(file.recipe);
        journeys.push(travel(plan, { board, row, file, known, memory, deadline }));
      },
    });
    await Promise.all(journeys);
  } finally {
    await Promise.allSettled(journeys);
    board.finish();
  }
  return board.rows.flatMap(({ recipe, problem }) => (problem === null ? [] : [`${recipe.fileName}: ${problem}`]));
}

interface Journey {
  readonly board: DemoBoard;
  readonly row: Row;
  readonly file: SampleFile;
  readonly known: readonly AssetSummary[];
  readonly memory: UploadMemory;
  readonly deadline: number;
}

/** From the disk to sealed and viewable. What goes wrong is written into the row; other files go on. */
async function travel(plan: MaterialPlan, journey: Journey): Promise<void> {
  const { board, row, file } = journey;
  row.sizeBytes = file.sizeBytes;
  row.sha256 = file.sha256;
  row.startedAt = Date.now();
  try {
    const assetId = await handIn(plan, journey);
    await follow(plan.officer, assetId, journey);
  } catch (error) {
    row.problem = error instanceof Error ? error.message : String(error);
    board.set(row, `✗ ${row.problem}`);
  } finally {
    row.isDone = true;
    row.tookMs = Date.now() - row.startedAt;
  }
}

async function handIn({ officer, found }: MaterialPlan, journey: Journey): Promise<string> {
  const { board, row, file, known, memory } = journey;
  const received = await findReceived(officer, known, file);
  if (received !== null) {
    board.set(row, '此前已上传 uploaded before');
    return received.id;
  }
  const occurrenceId = await occurrenceFor(officer, found, file.recipe.stepId);
  board.set(row, '上传 uploading');
  const { path, sizeBytes, sha256, recipe } = file;
  const { fileName, recordedAt } = recipe;
  const target = { caseId: found.id, occurrenceId };
  return await sendFile(
    officer,
    { path, sizeBytes, sha256, fileName, recordedAt, target, lastModified: null },
    {
      memory,
      onProgress: (sent) => board.set(row, `上传 uploading ${Math.floor((sent * 100) / sizeBytes)} %`, false),
    },
  );
}

async function follow(officer: ApiClient, assetId: string, { board, row, deadline }: Journey): Promise<void> {
  for (;;) {
    const standing = standingOf(await officer.get(`/assets/${assetId}`, assetSchema));
    const isPercentage = standing.text.endsWith('%');
    board.set(row, standing.text, !isPercentage);
    if (standing.kind === 'done') return;
    if (standing.kind === 'wrong') throw new Error(standing.text);
    if (Date.now() > deadline) throw new Error(`超时 took too long（${standing.text}）`);
    await sleep(POLL_MS);
  }
}
