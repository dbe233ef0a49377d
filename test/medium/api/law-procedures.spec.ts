import type { CaseView, FaultView } from '#contract';
import { newId } from '#domain';
import { CaseByApi, type WalkWishes } from '../../support/case-by-api.js';
import { Refused } from '../../support/running-api.js';
import { type LawArchive, runLawArchive } from './law-archive.js';

/** Each procedure with what holds in the case that is taken through it. */
const CASES: readonly (readonly [procedureId: string, wishes: WalkWishes])[] = [
  ['administrative-penalty-ordinary', { takes: ['site-inspection', 'execution'] }],
  ['administrative-penalty-ordinary', { holds: ['terminated'] }],
  [
    'administrative-penalty-ordinary',
    { holds: ['evidence-preserved', 'property-seized', 'statement-made', 'hearing-right'] },
  ],
  ['administrative-penalty-simple', { holds: ['statement-made', 'collected-on-site'] }],
  ['administrative-inspection', { holds: ['random-draw', 'problem-found', 'at-premises', 'sampled'] }],
  ['administrative-compulsion-seizure', { holds: ['goods-tested', 'party-absent'], takes: ['custody'] }],
  ['administrative-compulsion-seizure', { holds: ['emergency'] }],
  ['administrative-enforcement', { holds: ['substitute-performance'] }],
  ['administrative-enforcement', { holds: ['court-enforcement'] }],
  ['administrative-demolition', { holds: ['self-demolished'] }],
  ['administrative-permit', { holds: ['materials-lacking', 'site-check', 'hearing-asked'] }],
  ['administrative-levy', { holds: ['compensated', 'hearing-asked'] }],
  ['administrative-filing', { holds: ['materials-lacking'], takes: ['publication'] }],
  ['administrative-payment', { holds: ['home-visit'] }],
];

const faultsOf = async (attempt: Promise<unknown>): Promise<FaultView[]> => {
  const error = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Refused);
  const { problem, status } = error as Refused;
  expect([status, problem?.code]).toEqual([409, 'gate-closed']);
  return problem?.details?.faults as FaultView[];
};

const expectNamed = (faults: readonly FaultView[], { procedure }: CaseView): void => {
  expect(faults.length).toBeGreaterThan(0);
  for (const { rule, words } of faults) {
    expect(rule).toMatchObject({ procedureId: procedure.id, version: procedure.version });
    expect([rule.part, rule.source, words.zh, words.en]).not.toContain('');
  }
};

describe('a case under each procedure, from start to close', () => {
  let law: LawArchive;

  beforeAll(async () => {
    law = await runLawArchive();
  });
  afterAll(() => law.stop());

  const open = (procedureId: string, wishes: WalkWishes = {}): Promise<CaseByApi> =>
    CaseByApi.open(law.driver, law.plan({ procedureId }), wishes);

  it('covers all of them', async () => {
    const { items } = await law.officer.send<{ items: { id: string }[] }>('GET', '/procedures');
    expect([...new Set(CASES.map(([id]) => id))].sort()).toEqual(items.map(({ id }) => id).sort());
  });

  it.each(CASES)('%s in its order, %j', async (procedureId, wishes) => {
    const walked = await open(procedureId, wishes);
    await walked.walk();
    expect(walked.view.law.breaches).toEqual([]);
    expect(walked.view.law.closing).toEqual([]);
    const closed = await walked.close();
    expect(closed.state).toBe('closed');
    expect(
      closed.law.clocks.filter(({ of, state }) => of === 'agency' && (state === 'late' || state === 'met-late')),
    ).toEqual([]);
    expect(await law.dueOf(closed.id)).toEqual([]);
  });

  it.each([...new Set(CASES.map(([id]) => id))])('%s out of its order', async (procedureId) => {
    const walked = await open(procedureId, CASES.find(([id]) => id === procedureId)?.[1]);
    await walked.stateKnown();
    // The last step before the closing that is no decision, begun before all others.
    const early = walked.view.procedure.steps
      .filter(
        ({ id, kind, need }) =>
          need !== 'may' && kind !== 'decision' && kind !== 'closing' && walked.step(id).needed === 'yes',
      )
      .filter(({ id }) => walked.step(id).beginning.some(({ code }) => code === 'step-missing'))
      .at(-1);
    if (early === undefined) throw new Error('no step that could come too soon');
    expectNamed(walked.step(early.id).beginning, walked.view);
    await walked.perform(early.id);
    const { law: standing } = walked.view;
    expectNamed(standing.breaches, walked.view);
    expect(standing.breaches.map(({ stepId, code }) => [stepId, code])).toContainEqual([early.id, 'step-missing']);
    expect((await law.dueOf(walked.view.id)).map(({ kind }) => kind)).toContain('breach');

    const decision = walked.view.procedure.steps.find(
      ({ id, kind }) => kind === 'decision' && walked.step(id).needed === 'yes',
    );
    for (const state of decision === undefined ? [] : ['open', 'done'])
      expectNamed(
        await faultsOf(walked.send('PATCH', `/occurrences/${walked.step(decision?.id ?? '').occurrenceId}`, { state })),
        walked.view,
      );
    const refused = await faultsOf(walked.close());
    expectNamed(refused, walked.view);
    await walked.look();
    expect(refused).toEqual(walked.view.law.closing);
    expect(walked.view.state).toBe('open');
  });

  it('knows no other case than its own', async () => {
    const stranger = await law.api.signIn(['officer']);
    const own = await open('administrative-filing');
    await expect(
      stranger.send('POST', `/cases/${own.view.id}/statements`, { conditionId: 'materials-lacking', holds: true }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(stranger.send('GET', `/cases/${newId()}`)).rejects.toMatchObject({ status: 404 });
  });
});
