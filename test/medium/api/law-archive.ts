import type { CaseLineView } from '#contract';
import { type Actor, type Id, newId } from '#domain';
import type { ApiClient } from '../../support/api-client.js';
import type { CaseDriver } from '../../support/case-by-api.js';
import { certify } from '../../support/certify.js';
import { type RunningApi, runApi } from '../../support/running-api.js';
import { settle } from '../../support/settle.js';

export interface LawArchive {
  readonly api: RunningApi;
  readonly officer: ApiClient;
  /** The same, for use cases. */
  readonly actor: Actor;
  readonly partner: ApiClient;
  readonly supervisor: ApiClient;
  readonly administrator: ApiClient;
  readonly driver: CaseDriver;
  /** Opens a case of the two officers. */
  plan(change?: object): object;
  dueOf(caseId: Id): Promise<CaseLineView[]>;
  stop(): Promise<void>;
}

const YEARS_MS = 20 * 365 * 86_400_000;
let cases = 0;

/** The API with two certified officers, on the first working day of March 2026; sessions do not end as time goes on. */
export async function runLawArchive(): Promise<LawArchive> {
  const api = await runApi({ settings: { sessionIdleMs: YEARS_MS, sessionMs: YEARS_MS } });
  api.clock.advance(Date.parse('2026-03-02T01:00:00Z') - api.clock.now().getTime());
  const [officer, partner] = [await api.signIn(['officer']), await api.signIn(['officer'])];
  const [supervisor, administrator] = [await api.signIn(['supervisor']), await api.signIn(['administrator'])];
  const outsider = await api.signIn(['officer']);
  for (const { session } of [officer, partner]) await certify(administrator, session.account.id);

  const [root] = await api.archive.people.listUnits.run();
  const { account } = officer.session;
  const actor = {
    accountId: account.id,
    sessionId: newId(),
    roles: account.roles,
    unitId: account.unitId,
    unitPath: root?.path ?? '',
  };
  return {
    ...{ api, officer, actor, partner, supervisor, administrator },
    driver: {
      officer: async () => officer,
      pass: async (hours) => api.clock.advance(hours * 3_600_000),
      settle: (assetId, kind) => settle(api.archive, assetId, kind),
      outsiderId: outsider.session.account.id,
    },
    plan: (change = {}) => {
      cases += 1;
      const officerIds = [partner.session.account.id];
      return {
        procedureId: 'administrative-penalty-ordinary',
        number: `测〔2026〕${cases}号`,
        title: '案',
        officerIds,
        ...change,
      };
    },
    dueOf: async (caseId) => {
      const lines: CaseLineView[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { items: CaseLineView[]; nextCursor: string | null } = await officer.send(
          'GET',
          `/due?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        lines.push(...page.items.filter((line) => line.caseId === caseId));
        cursor = page.nextCursor;
      }
      return lines;
    },
    stop: async () => {
      expect((await api.archive.system.check.run()).findings).toEqual([]);
      await api.stop();
    },
  };
}
