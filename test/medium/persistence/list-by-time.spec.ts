import fc from 'fast-check';
import { type Id, type Level, newId } from '#domain';
import { type CaseRecord, type Cursor, caseRepository, type ListScope, type Tx } from '#persistence';
import { facetGram, gramsOf, searchTextOf } from '../../../libs/persistence/src/search-grams.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';

const LEVELS: readonly Level[] = ['normal', 'sensitive', 'restricted'];
const EVERYTHING = [...LEVELS];
/** Few, so that many cases share one. */
const TIMES = Array.from({ length: 12 }, (_, i) => new Date(Date.UTC(2026, 0, 1 + i)));
const WORDS = ['无照经营', '食品', '计量', 'Wang', 'ＬＩ', '50%', 'a_b', 'c\\d', '超 市', '罚', '０１'];

interface Kept {
  readonly record: CaseRecord;
  readonly officerIds: readonly Id[];
}
type Query = { scope: ListScope; search: string | null; state: CaseRecord['state'] | null };

describe('lists by time', () => {
  let running: RunningArchive;
  const units: Id[] = [];
  const officers: Id[] = [];
  const kept: Kept[] = [];

  const add = async (tx: Tx, change: Partial<CaseRecord>, officerIds: readonly Id[] = []): Promise<void> => {
    const id = newId();
    const [unitId = ''] = units;
    const record: CaseRecord = {
      id,
      unitId,
      unitPath: '/',
      number: id,
      title: '',
      level: 'normal',
      state: 'open',
      procedureId: 'administrative-penalty-ordinary',
      procedureVersion: 1,
      openedBy: officers[0] ?? '',
      openedAt: new Date(0),
      changedAt: new Date(0),
      assetCount: 0,
      closedAt: null,
      originalsCheckAskedAt: null,
      originalsCheckCause: null,
      originalsCheckedAt: null,
      ...change,
    };
    await caseRepository.add(tx, record, officerIds, []);
    kept.push({ record, officerIds });
  };

  const page = (query: Query, cursor: Cursor | null, limit: number): Promise<CaseRecord[]> =>
    caseRepository.list(running.parts.database.reader, { ...query, cursor, limit });

  async function pageThrough(query: Query, limit: number): Promise<CaseRecord[]> {
    const found: CaseRecord[] = [];
    for (let cursor: Cursor | null = null; ; ) {
      const records: CaseRecord[] = await page(query, cursor, limit);
      found.push(...records);
      const last: CaseRecord | undefined = records.at(-1);
      if (records.length < limit || !last) return found;
      cursor = { at: last.openedAt, id: last.id };
    }
  }

  /** What the list means, without any index. */
  function naive({ scope, search, state }: Query): Id[] {
    const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
    return kept
      .filter(({ record, officerIds }) => {
        const inUnit = scope.unitIds.includes(record.unitId) && scope.levels.includes(record.level);
        const own = scope.accountId !== null && officerIds.includes(scope.accountId);
        const matches = search === null || fold(`${record.number} ${record.title}`).includes(fold(search));
        return (inUnit || own) && matches && (state === null || record.state === state);
      })
      .map(({ record }) => record)
      .sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime() || (a.id < b.id ? 1 : -1))
      .map((record) => record.id);
  }

  beforeAll(async () => {
    running = await runArchive();
    const admin = await running.person(['administrator']);
    for (const name of ['一科', '二科', '三科']) {
      units.push((await running.archive.people.createUnit.run(admin, { name, parentId: admin.unitId })).id);
    }
    for (let i = 0; i < 3; i++) officers.push((await running.person(['officer'])).accountId);
    const pick = <T>(from: readonly T[], n: number): T => from[n % from.length] as T;
    await running.parts.database.transaction(async (tx) => {
      for (let i = 0; i < 360; i++) {
        await add(
          tx,
          {
            unitId: pick(units, i),
            level: pick(LEVELS, i >> 1),
            state: i % 7 === 0 ? 'closed' : 'open',
            openedAt: pick(TIMES, i * 5),
            number: `市监〔2026〕${i}号`,
            title: `${pick(WORDS, i)}${pick(WORDS, i * 3 + 1)}案`,
          },
          i % 4 === 0 ? [pick(officers, i >> 2)] : [],
        );
      }
    });
  });
  // Rows without the events they would come from: the check of the archive would name every closed one.
  afterAll(() => running.stop());

  it('agree with looking at every row, whatever the scope, search and page', async () => {
    const fragments = fc.oneof(
      fc.constantFrom(
        ...WORDS,
        '无照',
        '照经',
        '品案',
        'wang',
        'WANG',
        'li',
        'ｌｉ',
        '%',
        '_',
        '\\',
        '罚',
        'a',
        '超市',
        '〔2026〕1',
        '没有',
        '',
      ),
      fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(...WORDS)).map((words) => words.join('')),
    );
    const queries = fc.record({
      scope: fc
        .record({
          unitIds: fc.subarray(units),
          isWhole: fc.boolean(),
          levels: fc.subarray([...LEVELS], { minLength: 1 }),
          accountId: fc.option(fc.constantFrom(...officers)),
        })
        // No other unit has cases here.
        .map((scope) => ({ ...scope, isWhole: scope.isWhole && scope.unitIds.length === units.length })),
      search: fc.option(fragments),
      state: fc.option(fc.constantFrom<CaseRecord['state']>('open', 'closed')),
    });
    await fc.assert(
      fc.asyncProperty(queries, fc.constantFrom(1, 2, 7, 50, 500), async (query, limit) => {
        const expected = naive(query);
        // One at a time is for the small answers.
        const size = limit === 1 && expected.length > 20 ? 40 : limit;
        expect((await pageThrough(query, size)).map((record) => record.id)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('visit each row once, newest first, while others are added', async () => {
    const query: Query = {
      scope: { unitIds: units, isWhole: false, levels: EVERYTHING, accountId: null },
      search: null,
      state: null,
    };
    const before = naive(query);
    const seen: Id[] = [];
    for (let cursor: Cursor | null = null; ; ) {
      const records: CaseRecord[] = await page(query, cursor, 25);
      seen.push(...records.map((record) => record.id));
      const last: CaseRecord | undefined = records.at(-1);
      if (!last) break;
      cursor = { at: last.openedAt, id: last.id };
      // One above all pages, one at the very time the page ended on.
      await add(running.parts.database.reader, { openedAt: new Date(Date.UTC(2027, 0, 1)), title: '新' });
      await add(running.parts.database.reader, {
        openedAt: last.openedAt,
        title: '新',
        id: `ffffffff-0000-7000-8000-${newId().slice(-12)}`,
      });
    }
    const old = new Set(before);
    expect(seen.filter((id) => old.has(id))).toEqual(before);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('are searched by the grams their index is made of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (text) => {
        const folded = searchTextOf(text.replaceAll('\0', ''));
        const [row]: { grams: string[]; of_kind: string[] }[] = await running.parts.database.reader.query(
          `SELECT grams_of($1) AS grams, grams_of($1, 'video') AS of_kind`,
          [folded],
        );
        expect(new Set(row?.grams)).toEqual(new Set(gramsOf(folded)));
        expect(new Set(row?.of_kind)).toEqual(new Set([...gramsOf(folded), facetGram('video')]));
      }),
    );
  });

  it('show nothing to whom nothing is open', async () => {
    const nobody: ListScope = { unitIds: [], isWhole: false, levels: EVERYTHING, accountId: null };
    for (const search of [null, '食品', '罚']) {
      expect(await page({ scope: nobody, search, state: null }, null, 10)).toEqual([]);
    }
  });

  describe('of more rows than are looked through one by one', () => {
    const MANY = 14_000;
    let scope: ListScope;

    beforeAll(async () => {
      const admin = await running.person(['administrator']);
      const unit = await running.archive.people.createUnit.run(admin, { name: '大科', parentId: admin.unitId });
      scope = { unitIds: [unit.id], isWhole: false, levels: EVERYTHING, accountId: null };
      const rows = Array.from({ length: MANY }, (_, i) => {
        const title = i === 0 ? '罕见鳗鱼' : `常见事项${i}`;
        return { id: newId(), title, at: new Date(Date.UTC(2026, 0, 1) + i * 1000) };
      });
      await running.parts.database.transaction((tx) =>
        tx.query(
          `INSERT INTO cases (id, unit_id, unit_path, number, title, level, state, procedure_id, procedure_version,
             opened_by, opened_at, changed_at, search_text)
           SELECT (r->>'id')::uuid, $2, '/', r->>'id', r->>'title', 'normal', 'open', 'administrative-penalty-ordinary', 1,
             $3, (r->>'at')::timestamptz, (r->>'at')::timestamptz, r->>'title'
           FROM jsonb_array_elements($1::jsonb) r`,
          [JSON.stringify(rows), unit.id, officers[0]],
        ),
      );
    });

    it.each([
      ['a rare fragment', '鳗鱼', 1],
      ['a rare single character', '鳗', 1],
      ['a fragment nobody wrote', '鲸鱼', 0],
      ['a common fragment', '常见', MANY - 1],
      ['a common single character', '常', MANY - 1],
    ])('find %s', async (_what, search, hits) => {
      const found = await pageThrough({ scope, search, state: null }, 1_000);
      expect(found).toHaveLength(hits);
      expect(new Set(found.map((record) => record.id)).size).toBe(hits);
    });
  });
});
