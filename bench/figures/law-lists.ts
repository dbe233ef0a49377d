import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { CROWDED_CASES, crowdCases } from '../../test/support/crowded-cases.js';
import type { ApiClient } from '../api-client.js';
import { startArchive } from '../archive-under-test.js';
import { type FigureResult, type Figures, quantile } from '../figure.js';

const REQUESTS = 300;
const WARM_UP = 30;
/** What a year of cases opens its lists in. */
const AT_MOST_MS = 50;

/** What is due and late, and the list of cases, with a year's cases open, through the API. */
export const lawLists: Figures = {
  name: 'law-lists',
  about: `what is due, what is late and the case list with ${CROWDED_CASES.toLocaleString('en')} open cases`,
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    try {
      const officer = await archive.person('due-officer', 'officer');
      const chief = await archive.person('late-chief', 'supervisor');
      const rootPath = await pathOf(archive.ownerUrl, archive.unitId);
      await crowdCases(archive.ownerUrl, { rootId: archive.unitId, rootPath, officerId: officer.accountId });
      const unit = await oneUnit(archive.ownerUrl, archive.unitId);
      const small = await archive.person('late-head', 'supervisor', unit);
      return [
        await measure('due list of an officer with 1 000 cases', officer, [
          '/due',
          '/due?kind=clock',
          '/due?kind=duty',
        ]),
        await measure('late list of the agency', chief, [
          '/late',
          '/late?kind=clock',
          `/late?unitId=${unit}`,
          `/late?officerId=${officer.accountId}`,
        ]),
        await measure('late list of a unit', small, ['/late', '/late?kind=clock', '/late?kind=breach']),
        await measure('case list of the agency', chief, ['/cases', '/cases?state=open']),
      ];
    } finally {
      await archive.stop();
    }
  },
};

async function measure(title: string, client: ApiClient, paths: readonly string[]): Promise<FigureResult> {
  const times: number[] = [];
  const next = new Map<string, string | null>();
  for (let n = -WARM_UP; n < REQUESTS; n++) {
    const path = paths[(n + WARM_UP) % paths.length] ?? '';
    const cursor = n % 3 === 0 ? null : (next.get(path) ?? null);
    const asked = `${path}${path.includes('?') ? '&' : '?'}limit=50${cursor === null ? '' : `&cursor=${cursor}`}`;
    const began = performance.now();
    const page: { readonly nextCursor: string | null } = await client.send('GET', asked);
    if (n >= 0) times.push(performance.now() - began);
    next.set(path, page.nextCursor);
  }
  return {
    ...{ figure: `${title}, p99`, unit: 'ms', ours: quantile(times, 0.99), rival: null, rivalName: null },
    ...{
      reach: { atMost: AT_MOST_MS },
      note: `p50 ${quantile(times, 0.5).toFixed(1)}`,
      runs: { ours: times, rival: [] },
    },
  };
}

const pathOf = (url: string, id: string): Promise<string> =>
  only(url, 'SELECT path AS value FROM units WHERE id = $1', id);
const oneUnit = (url: string, id: string): Promise<string> =>
  only(url, 'SELECT id AS value FROM units WHERE parent_id = $1 ORDER BY name LIMIT 1', id);

async function only(url: string, query: string, value: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>(query, [value]);
    return rows[0]?.value ?? '';
  } finally {
    await client.end();
  }
}
