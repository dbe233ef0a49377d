import { caseLineRepository, type Tx, unitRepository } from '#persistence';
import { crowdCases } from '../../support/crowded-cases.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

describe('what is due and late, in 20 000 open cases', () => {
  let running: RunningArchive;
  let officerId: string;
  let rootPath: string;
  const all = { kind: null, cursor: null, limit: 50 } as const;

  beforeAll(async () => {
    running = await runArchive();
    const officer = await running.person(['officer']);
    officerId = officer.accountId;
    rootPath = officer.unitPath;
    await crowdCases(running.ownerUrl, { rootId: officer.unitId, rootPath, officerId });
  });
  afterAll(() => running.stop());

  /** How the database goes about what a repository asks. */
  async function planOf(ask: (tx: Tx) => Promise<unknown>): Promise<Plan[]> {
    const { reader } = running.parts.database;
    let plan: Plan | undefined;
    const query = async (sql: string, values: unknown[]): Promise<unknown[]> => {
      const [row] = await reader.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, values);
      plan = row['QUERY PLAN'][0].Plan;
      return [];
    };
    await ask({ query } as unknown as Tx);
    const flat = (node: Plan): Plan[] => [node, ...(node.Plans ?? []).flatMap(flat)];
    return plan === undefined ? [] : flat(plan);
  }

  const readsOf = (plan: readonly Plan[]): { indexes: (string | undefined)[]; isScanned: boolean; rows: number } => {
    const reads = plan.filter((node) => /Scan$/.test(node['Node Type']) && node['Node Type'] !== 'Bitmap Heap Scan');
    return {
      indexes: reads.flatMap((node) => node['Index Name'] ?? []),
      isScanned: reads.some((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] === 'case_lines'),
      rows: Math.max(...plan.map((node) => node['Actual Rows'] * node['Actual Loops'])),
    };
  };

  it('reads what is late over all units along its index, as far as the page goes', async () => {
    const { ids: unitIds, areAll } = await unitRepository.idsUnder(running.parts.database.reader, rootPath);
    const scope = { unitIds, isWhole: areAll, levels: [], accountId: null };
    expect(areAll).toBe(true);
    const late = { ...all, scope, officerId: null, now: new Date() };
    const read = readsOf(await planOf((tx) => caseLineRepository.late(tx, late)));
    expect(read).toMatchObject({ indexes: ['case_lines_late'], isScanned: false });
    expect(read.rows).toBeLessThanOrEqual(51);
  });

  it('of one unit along the index of units', async () => {
    const units = await unitRepository.list(running.parts.database.reader);
    const scope = { unitIds: [units.at(-1)?.id ?? ''], isWhole: false, levels: [], accountId: null };
    const late = { ...all, scope, officerId: null, now: new Date() };
    const read = readsOf(await planOf((tx) => caseLineRepository.late(tx, late)));
    expect(read).toMatchObject({ indexes: [expect.stringMatching(/^case_lines_late/)], isScanned: false });
  });

  it('of one officer, and what is due to him, never along all lines', async () => {
    const scope = { unitIds: [], isWhole: true, levels: [], accountId: null };
    const late = { ...all, scope, officerId, now: new Date() };
    expect(readsOf(await planOf((tx) => caseLineRepository.late(tx, late))).isScanned).toBe(false);
    const read = readsOf(
      await planOf((tx) => caseLineRepository.due(tx, { ...all, accountId: officerId, now: new Date() })),
    );
    expect(read).toMatchObject({ isScanned: false });
    expect(read.indexes).toContain('case_lines_of_case');
  });

  it('pages through everything once, in its order', async () => {
    const { reader } = running.parts.database;
    const seen: string[] = [];
    const times: (number | null)[] = [];
    const now = new Date();
    for (let cursor = null as null | { at: Date | null; id: string }; ; ) {
      const lines = await caseLineRepository.due(reader, {
        kind: null,
        accountId: officerId,
        cursor,
        limit: 1_000,
        now,
      });
      seen.push(...lines.map(({ id }) => id));
      times.push(...lines.map(({ dueAt }) => dueAt?.getTime() ?? null));
      const last = lines.at(-1);
      if (last === undefined) break;
      cursor = { at: last.dueAt, id: last.id };
    }
    const [{ count }] = await reader.query(
      'SELECT count(*) FROM case_lines l JOIN case_officers o ON o.case_id = l.case_id WHERE o.account_id = $1',
      [officerId],
    );
    expect([new Set(seen).size, seen.length]).toEqual([Number(count), Number(count)]);
    const inOrder = times.map((time) => time ?? Number.POSITIVE_INFINITY);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  });
});
