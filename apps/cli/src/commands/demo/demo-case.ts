import {
  type AssetSummary,
  type AssetView,
  accountListSchema,
  assetPageSchema,
  assetSchema,
  type CaseView,
  caseSchema,
  type Replay,
  replaySchema,
} from '#contract';
import type { ApiClient } from '../../client/api-client.js';
import { findCase, requireStep } from '../../client/find-case.js';
import type { SampleFile } from '../../footage/make-footage.js';
import { recipesOf } from '../../footage/recipes.js';
import { SAMPLE_CASE, type SampleDay, sampleNumber } from '../../footage/sample.js';
import { SECOND_OFFICER } from './demo-people.js';

/** The sample case: as an earlier run opened it, or opened now, as an officer would. */
export async function settleCase(officer: ApiClient, day: SampleDay): Promise<CaseView> {
  const known = await findCase(officer, sampleNumber(day));
  const found = known ?? (await openCase(officer, day));
  for (const { stepId } of recipesOf(day)) requireStep(found, stepId);
  return found;
}

async function openCase(officer: ApiClient, day: SampleDay): Promise<CaseView> {
  const { procedureId, title, party } = SAMPLE_CASE;
  const number = sampleNumber(day);
  const parties = [{ kind: 'organisation', name: party }];
  const { items } = await officer.get('/accounts', accountListSchema);
  const officerIds = items.filter(({ login }) => login === SECOND_OFFICER).map(({ id }) => id);
  return await officer.send('POST', '/cases', caseSchema, { procedureId, number, title, parties, officerIds });
}

/** What the case holds already, in any state. */
export async function assetsOf(officer: ApiClient, caseId: string): Promise<AssetSummary[]> {
  const items: AssetSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await officer.get('/assets', assetPageSchema, { caseId, cursor, limit: 200 });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** The asset that holds exactly this file, received whole by an earlier run; null when it has to be sent. */
export async function findReceived(
  officer: ApiClient,
  known: readonly AssetSummary[],
  file: SampleFile,
): Promise<AssetView | null> {
  const digest = `sha256:${file.sha256}`;
  for (const { id, fileName, custody } of known) {
    if (fileName !== file.recipe.fileName || custody === 'receiving') continue;
    const asset = await officer.get(`/assets/${id}`, assetSchema);
    const { sha256, declaredSha256 } = asset.digests;
    if ((sha256 ?? declaredSha256) === digest) return asset;
  }
  return null;
}

/** What the replay says of the case's time: chapters with something in them, and the times nothing covers. */
export async function describeReplay(officer: ApiClient, caseId: string): Promise<string[]> {
  const replay: Replay = await officer.get(`/cases/${caseId}/replay`, replaySchema);
  return replay.chapters
    .filter(({ items }) => items.length > 0)
    .flatMap(({ step, items, gaps }) => [
      `  ${step.title.zh} ${step.title.en}：${items.length} 件`,
      ...gaps.map(
        ({ startAt, endAt, durationMs }) =>
          `    ${clockOf(startAt)}–${clockOf(endAt)} 无记录 ${Math.round(durationMs / 1000)} 秒 not recorded`,
      ),
    ]);
}

const CLOCK = new Intl.DateTimeFormat('zh-CN', { timeStyle: 'medium', hourCycle: 'h23', timeZone: 'Asia/Shanghai' });

function clockOf(at: string): string {
  return CLOCK.format(new Date(at));
}
