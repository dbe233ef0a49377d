import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import pg from 'pg';
import type { ApiClient } from '../api-client.js';
import { type ArchiveUnderTest, startArchive } from '../archive-under-test.js';
import { ASSETS, CASES, crowd } from '../crowded-database.js';
import { type FigureResult, type Figures, quantile } from '../figure.js';

const REQUESTS = 400;
const WARM_UP = 40;

/** Two characters that are in most titles, in some, in few; in none; longer words; what recorders write. */
const FRAGMENTS = [
  ...['涉嫌', '中山', '经营', '餐饮', '现场', '李记', '无证', '城执'],
  ...['烧烤', '渣土', '噪声', '网吧', '听证', '栖霞', '马家', '消防'],
  ...['亓官', '桑梓', '作弊', '屠宰', '烟花', '蔺记', '鹿鸣', '采砂'],
  ...['鲸鱼', '火星', '占道经营', '桑梓路亓官', '违规倾倒渣土', '李记烧烤店', '现场检查', '询问笔录_0'],
  ...['dsj-a7', 'img_', '.pdf', 'wav', '000123', '〔2024〕第00777号', '1015', '第00777号', 'A7_0442', '通话录音03'],
];

/** Lists and searches through the API with a million assets, one request after the other. */
export const lists: Figures = {
  name: 'lists',
  about: `case list and asset search with ${ASSETS.toLocaleString('en')} assets and ${CASES.toLocaleString('en')} cases`,
  async run(bench) {
    const archive = await startArchive(join(bench.dir, 'archive'));
    try {
      const people = await crowdedPeople(archive, bench.say);
      const results: FigureResult[] = [];
      for (const what of ['cases', 'assets'] as const) {
        results.push(
          await measure(people, `${what === 'cases' ? 'case' : 'asset'} list`, 20, (n) => listPath(what, n)),
        );
        results.push(
          await measure(people, `${what === 'cases' ? 'case' : 'asset'} search`, 50, (n, next) =>
            searchPath(what, n, next),
          ),
        );
      }
      return results;
    } finally {
      await archive.stop();
    }
  },
};

type People = Readonly<Record<string, ApiClient>>;

async function crowdedPeople(archive: ArchiveUnderTest, say: (text: string) => void): Promise<People> {
  const officer = await archive.person('list-officer', 'officer');
  await crowd(archive.ownerUrl, { officerId: officer.accountId, agencyId: archive.unitId }, say);
  const district = await oneOf(
    archive.ownerUrl,
    'SELECT id FROM units WHERE parent_id = $1 ORDER BY id LIMIT 1',
    archive.unitId,
  );
  return {
    'archivist of the agency': await archive.person('list-archivist', 'archivist'),
    'archivist of a district': await archive.person('list-district', 'archivist', district),
    officer,
  };
}

async function oneOf(url: string, query: string, value: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(query, [value]);
    return rows[0]?.id ?? '';
  } finally {
    await client.end();
  }
}

/** The worst of the three people counts. */
async function measure(
  people: People,
  title: string,
  atMost: number,
  pathOf: (n: number, next: string | null) => string,
): Promise<FigureResult> {
  const notes: string[] = [];
  const all: number[] = [];
  let worst = 0;
  for (const [name, client] of Object.entries(people)) {
    const times: number[] = [];
    let next: string | null = null;
    for (let n = -WARM_UP; n < REQUESTS; n++) {
      const path = pathOf(n + WARM_UP, next);
      const began = performance.now();
      const page: { readonly nextCursor: string | null } = await client.send('GET', path);
      if (n >= 0) times.push(performance.now() - began);
      next = page.nextCursor;
    }
    const p99 = quantile(times, 0.99);
    worst = Math.max(worst, p99);
    notes.push(`${name} p50 ${quantile(times, 0.5).toFixed(1)} p99 ${p99.toFixed(1)}`);
    all.push(...times);
  }
  return {
    figure: `${title}, p99 of the slowest of three people`,
    unit: 'ms',
    ours: worst,
    rival: null,
    rivalName: null,
    reach: { atMost },
    note: notes.join(', '),
    runs: { ours: all, rival: [] },
  };
}

function listPath(what: 'cases' | 'assets', n: number): string {
  const filters =
    what === 'cases' ? ['', '', '&state=open', '&state=closed'] : ['', '', '&kind=sound', '&linked=no', '&kind=paper'];
  return `/${what}?limit=50${filters[n % filters.length]}${cursor(n % 4 === 0 ? null : n)}`;
}

/** A first page, then the next of it, if there is one. */
function searchPath(what: 'cases' | 'assets', n: number, next: string | null): string {
  const turn = Math.floor(n / 2);
  const fragment = FRAGMENTS[turn % FRAGMENTS.length] ?? '';
  const round = Math.floor(turn / FRAGMENTS.length);
  const filter = round % 3 === 2 ? (what === 'cases' ? '&state=open' : '&kind=video') : '';
  const page = n % 2 === 1 && next !== null ? `&cursor=${next}` : '';
  return `/${what}?limit=50&search=${encodeURIComponent(fragment)}${filter}${page}`;
}

/** A place deep in the list: anywhere in the five years. */
function cursor(n: number | null): string {
  if (n === null) return '';
  const at = new Date(Date.now() - ((n * 0.618_034) % 1) * 4.9 * 365 * 86_400_000);
  const text = `${at.toISOString()} 01890000-0000-7000-8000-000000000000`;
  return `&cursor=${Buffer.from(text).toString('base64url')}`;
}
