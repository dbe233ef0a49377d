import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultView } from '#contract';
import type { PaperDuty, ProcedureStep } from '#domain';
import { CaseByApi, type WalkWishes } from '../../support/case-by-api.js';
import { certify } from '../../support/certify.js';
import { Refused } from '../../support/running-api.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { type LawArchive, runLawArchive } from './law-archive.js';

type Codes = readonly (readonly [code: string, part: string])[];

/** Which gate it was, by code and rule; empty where it is open. */
async function gateOf(attempt: Promise<unknown>): Promise<Codes> {
  try {
    await attempt;
    return [];
  } catch (error) {
    if (!(error instanceof Refused) || error.problem?.code !== 'gate-closed') throw error;
    const faults = error.problem.details?.faults as FaultView[];
    return faults.map(({ code, rule }) => [code, rule.part] as const);
  }
}

describe('the gates of a case', () => {
  let law: LawArchive;

  beforeAll(async () => {
    law = await runLawArchive();
  });
  afterAll(() => law.stop());

  const open = (wishes: WalkWishes = {}, change: object = {}): Promise<CaseByApi> =>
    CaseByApi.open(law.driver, law.plan(change), wishes);
  const beginning = (of: CaseByApi, state = 'open'): Promise<Codes> =>
    gateOf(of.send('PATCH', `/occurrences/${of.step('decision').occurrenceId}`, { state }));
  const DUTY = 'duty';

  describe('of a decision', () => {
    it('is closed while a fact is not stated that a step before it hangs on, and opens once it is', async () => {
      const own = await open();
      expect(await beginning(own)).toContainEqual(['condition-unstated', 'conditions/complex-or-major']);
      await own.walkTo('decision');
      const { conditionId } = own.view.law.conditions.find((one) => one.conditionId === 'statement-made') ?? {};
      // Somebody finds that a statement was made: then it must have been heard.
      await own.send('POST', '/statements', { conditionId, holds: true });
      expect(await beginning(own)).toEqual([['step-missing', 'steps/statement']]);
      await own.perform('statement');
      expect(await beginning(own)).toEqual([]);
    });

    it('is closed while a step before it goes on, and opens once it ends', async () => {
      const own = await open({ takes: ['site-inspection'] });
      await own.walkTo('decision');
      await own.send('POST', '/occurrences', { stepId: 'interview' });
      await own.begin('interview');
      expect((await beginning(own))[0]).toEqual(['step-going-on', 'steps/interview']);
      await own.supply('interview');
      await own.end('interview');
      expect(await beginning(own)).toEqual([]);
    });

    it('is closed while a paper of a step before it is missing; one that is quarantined is', async () => {
      const own = await open();
      await own.walkTo('investigation-closed');
      await own.begin('investigation-closed');
      const bytes = randomBytes(300);
      const bad = await law.officer.upload(bytes, {
        filename: '报告.pdf',
        ...{ caseId: own.view.id, occurrenceId: own.step('investigation-closed').occurrenceId },
        paperId: 'investigation-report',
      });
      const { asset } = await law.api.archive.assets.view.run(law.actor, bad);
      await flipByteOnDisk(join(law.api.dir, 'objects', 'vault', asset.objectKey ?? ''), 0);
      await own.end('investigation-closed');
      await own.walkTo('decision');
      expect(await beginning(own)).toEqual([]);
      await own.stateOwed();
      await own.supply('decision');
      // Only now the store is asked, and what it has is not what was received.
      await law.driver.settle(bad, 'paper');
      const missing = [DUTY, 'steps/investigation-closed/papers/investigation-report'];
      expect(await beginning(own, 'done')).toEqual([missing]);
      await own.look();
      expect(own.step('decision').deciding.map(({ code, rule }) => [code, rule.part])).toEqual([missing]);
      await own.hand('investigation-closed', 'investigation-report');
      expect(await beginning(own, 'done')).toEqual([]);
    });

    it('is closed while its own papers are missing, however it is asked for', async () => {
      const own = await open();
      await own.walkTo('decision');
      const papers: Codes = [
        [DUTY, 'steps/decision/papers/decision-approval'],
        [DUTY, 'steps/decision/papers/decision'],
      ];
      expect(await beginning(own, 'done')).toEqual(papers);
      await own.begin('decision');
      expect(await beginning(own, 'done')).toEqual(papers);
      await own.supply('decision');
      expect(await beginning(own, 'done')).toEqual([]);
    });

    it('is closed while a recording is missing, until another than who asks excuses it', async () => {
      const both = await law.api.signIn(['officer', 'supervisor']);
      const own = await open({}, { officerIds: [law.partner, both].map(({ session }) => session.account.id) });
      await own.walkTo('interview');
      await own.begin('interview');
      await own.hand('interview', 'interview-record');
      await own.end('interview');
      await own.walkTo('decision');
      await own.begin('decision');
      await own.supply('decision');
      const gate: Codes = [[DUTY, 'steps/interview/recording']];
      expect(await beginning(own, 'done')).toEqual(gate);

      const { occurrenceId } = own.step('interview');
      const at = `/cases/${own.view.id}/excuses`;
      const wish = { occurrenceId, kind: 'emergency', reason: '执法记录仪没电' };
      // A paper is never excused: the law knows no ground for it.
      await expect(law.officer.send('POST', at, { ...wish, paperId: 'interview-record' })).rejects.toMatchObject({
        status: 400,
      });
      const asked = await both.send<{ law: { excuses: { id: string; mayDecide: boolean }[] } }>('POST', at, wish);
      expect(asked.law.excuses.map(({ mayDecide }) => mayDecide)).toEqual([false]);
      const decision = `${at}/${asked.law.excuses[0]?.id}/decision`;
      const yes = { approve: true, reason: '情况属实' };
      await expect(both.send('POST', decision, yes)).rejects.toMatchObject({ status: 403 });
      await expect(law.officer.send('POST', decision, yes)).rejects.toMatchObject({ status: 404 });
      expect(await beginning(own, 'done')).toEqual(gate);
      await law.supervisor.send('POST', decision, yes);
      await expect(law.supervisor.send('POST', decision, yes)).rejects.toMatchObject({ status: 412 });
      expect(await beginning(own, 'done')).toEqual([]);
      expect(own.step('interview').duties.find(({ about }) => about === 'recording')?.status).toBe('excused');
    });

    it('a video that was given as a paper is both that paper and the recording of its step', async () => {
      const own = await open();
      await own.walkTo('interview');
      await own.begin('interview');
      const { occurrenceId } = own.step('interview');
      const owed = () =>
        own
          .step('interview')
          .duties.filter(({ status }) => status === 'missing')
          .map(({ about, paperId }) => paperId ?? about);
      expect(owed()).toEqual(['interview-record', 'recording']);
      const film = await law.officer.upload(randomBytes(300), {
        ...{ filename: '询问同步录音录像.mp4', caseId: own.view.id, occurrenceId },
        paperId: 'interview-record',
      });
      await law.driver.settle(film, 'video');
      await own.look();
      expect(owed()).toEqual([]);
      // Named after the paper alone, nobody has said that it stands in for it.
      await law.officer.send('PUT', `/assets/${film}/link`, {
        ...{ caseId: own.view.id, occurrenceId, paperId: null, reason: '仅为同步录音录像' },
      });
      await own.look();
      expect(owed()).toEqual(['interview-record']);
    });

    it('is closed while those who acted had no certificate on the day', async () => {
      const newcomer = await law.api.signIn(['officer']);
      const driver = { ...law.driver, officer: async () => newcomer };
      const own = await CaseByApi.open(driver, law.plan({ officerIds: [] }), {});
      await own.walkTo('decision');
      await own.begin('decision');
      await own.supply('decision');
      const people: Codes = [['people', 'steps/interview']];
      expect(await beginning(own, 'done')).toEqual(people);
      expect(own.view.law.breaches.map(({ code, stepId }) => [code, stepId])).toContainEqual(['people', 'interview']);
      const { accountId: first } = own.step('interview').people[0] ?? { accountId: '' };
      await certify(law.administrator, first, { validFrom: '2026-12-01' });
      expect(await beginning(own, 'done')).toEqual(people);
      await certify(law.administrator, first, { validTo: '2026-12-01' });
      // One is not two.
      expect(await beginning(own, 'done')).toEqual(people);
      const two = [first, law.partner.session.account.id].map((accountId) => ({ accountId, role: 'officer' }));
      const path = `/occurrences/${own.step('interview').occurrenceId}/people`;
      await expect(own.send('PUT', path, { people: two })).rejects.toMatchObject({ status: 400 });
      await own.send('PUT', path, { people: two, reason: '漏登一人' });
      expect(own.step('interview').people.every(({ isCertified }) => isCertified)).toBe(true);
      expect(await beginning(own, 'done')).toEqual([]);
    });

    it('is closed while the party may still ask for a hearing, and opens when that time has run out', async () => {
      const own = await open({ holds: ['hearing-right'] });
      await own.walkTo('decision');
      // It walked until then; a notice given again today runs anew.
      await own.send('POST', '/occurrences', { stepId: 'notice' });
      await own.perform('notice');
      expect(await beginning(own)).toEqual([['too-early', 'limits/hearing-choice']]);
      for (let days = 0; days < 20 && (await beginning(own)).length > 0; days++) await law.driver.pass(24);
      expect(own.stateOf(own.step('decision').occurrenceId)).toBe('open');
    });

    it('cannot be passed by correcting its times', async () => {
      const own = await open();
      await own.walkTo('decision');
      await own.perform('decision');
      const { occurrenceId } = own.step('decision');
      const times = own.view.occurrences.find(({ id }) => id === occurrenceId);
      const earlier = { startedAt: own.view.openedAt, reason: '更正时间' };
      expect(
        (await gateOf(own.send('PATCH', `/occurrences/${occurrenceId}`, earlier))).map(([code]) => code),
      ).toContain('step-missing');
      // What changes nothing of it, or takes it back, passes no gate.
      await own.send('PATCH', `/occurrences/${occurrenceId}`, { address: '某路1号' });
      expect(own.view.occurrences.find(({ id }) => id === occurrenceId)).toMatchObject({ startedAt: times?.startedAt });
      await own.send('PATCH', `/occurrences/${occurrenceId}`, { state: 'waiting', reason: '误点' });
      expect(own.stateOf(occurrenceId)).toBe('waiting');
    });

    it('asks for a legal review where the case is complex, and there is none', async () => {
      const own = await open({ holds: ['complex-or-major'] });
      await own.walkTo('legal-review');
      await own.perform('legal-review');
      await own.walkTo('decision').catch(() => undefined);
      expect(await beginning(own)).toContainEqual(['review-missing', 'steps/legal-review']);
    });
  });

  describe('of closing', () => {
    it('names everything that is open, and lets go once it is done; a case that is closed begins nothing', async () => {
      const own = await open();
      await own.walkTo('closing');
      const close = (): Promise<Codes> => gateOf(own.close());
      expect(await close()).toEqual([[DUTY, 'steps/closing']]);
      const told = await law.officer.send<{ items: []; faults: FaultView[] }>('GET', `/cases/${own.view.id}/close`);
      expect([told.items, told.faults.map(({ code, rule }) => [code, rule.part])]).toEqual([[], await close()]);
      await own.begin('closing');
      await own.end('closing');
      expect(await close()).toEqual([
        [DUTY, 'steps/closing/papers/closing-approval'],
        [DUTY, 'steps/closing/papers/dossier-list'],
      ]);
      await own.supply('closing');
      expect(await close()).toEqual([]);
      expect(own.view.state).toBe('closed');
      for (const [method, path, body] of [
        ['POST', '/statements', { conditionId: 'terminated', holds: true }],
        ['PUT', `/occurrences/${own.step('closing').occurrenceId}/people`, { people: [], reason: '更正' }],
        ['POST', '/excuses', { occurrenceId: own.step('lead').occurrenceId, kind: 'emergency', reason: '没电' }],
        ['POST', '/extensions', { limitId: 'lead-check', occurrenceId: own.step('lead').occurrenceId, reason: '复杂' }],
        ['POST', '/procedure', { version: 2, reason: '新规' }],
      ] as const)
        await expect(own.send(method, path, body)).rejects.toMatchObject({ problem: { code: 'case-closed' } });
    });
  });

  describe('by a newer version', () => {
    const ID = 'administrative-filing';
    const rules = async (change: (steps: ProcedureStep[]) => ProcedureStep[], version: number): Promise<string> => {
      const file = JSON.parse(await readFile(`procedures/${ID}/1.json`, 'utf8'));
      return JSON.stringify({ ...file, version, steps: change(file.steps) });
    };
    const takeIn = (file: string, isTrial = false) =>
      law.administrator.send<{ mistakes: { place: string; zh: string; en: string }[]; isTakenIn: boolean }>(
        'POST',
        '/procedures',
        { file, isTrial },
      );

    it('is taken in without mistakes only, each told with its place; a trial takes nothing in', async () => {
      const good = await rules((steps) => steps, 2);
      for (const [file, place] of [
        ['{"id": 1,, }', '1:10'],
        [good.replace('"version":2', '"version":3'), 'version'],
        [good.replace('"version":2', '"version":1'), 'version'],
        [good.replace('"act":"filing"', '"act":"inspection"'), 'act'],
        [good.replace('"repeatable":true', '"repeatable":"yes"'), 'steps[2].repeatable'],
      ] as const) {
        const { mistakes, isTakenIn } = await takeIn(file);
        expect([isTakenIn, mistakes.map((mistake) => mistake.place)]).toEqual([false, [place]]);
        expect([mistakes[0]?.zh, mistakes[0]?.en]).not.toContain('');
      }
      expect(await takeIn(good, true)).toMatchObject({ mistakes: [], isTakenIn: false });
      const detail = await law.officer.send<{ versions: { version: number }[] }>('GET', `/procedures/${ID}`);
      expect(detail.versions.map(({ version }) => version)).toEqual([1]);
    });

    it('a case goes on as it began until it adopts one, which then asks for what it asks', async () => {
      const own = await open({}, { procedureId: ID });
      await own.stateOwed();
      await own.perform('application');
      const receipt: PaperDuty = {
        id: 'seal-copy',
        title: { zh: '印章备案', en: 'Seal' },
        need: 'always',
        numbered: false,
        served: false,
      };
      const more = await rules(
        (steps) => steps.map((step) => (step.id === 'result' ? { ...step, papers: [...step.papers, receipt] } : step)),
        2,
      );
      expect(await takeIn(more)).toMatchObject({ mistakes: [], isTakenIn: true });
      await own.look();
      expect([own.view.procedure.version, own.view.law.newestVersion]).toEqual([1, 2]);
      await own.send('POST', '/procedure', { version: 2, reason: '按新程序办理' });
      expect(own.view.procedure.version).toBe(2);
      await expect(own.send('POST', '/procedure', { version: 2, reason: '再次' })).rejects.toMatchObject({
        status: 412,
      });
      await expect(own.send('POST', '/procedure', { version: 9, reason: '没有' })).rejects.toMatchObject({
        status: 404,
      });
      await own.walk();
      expect(
        own
          .step('result')
          .papers.map(({ paperId }) => paperId)
          .sort(),
      ).toEqual(['filing-certificate', 'seal-copy']);

      // A version without a step that has begun is not for this case.
      const less = await rules(
        (steps) =>
          steps
            .filter(({ id }) => id !== 'publication')
            .map((step) => ({
              ...step,
              after: step.after.filter((id) => id !== 'publication'),
            })),
        3,
      );
      expect(await takeIn(less)).toMatchObject({ mistakes: [] });
      const published = await open({ takes: ['publication'] }, { procedureId: ID });
      expect(published.view.procedure.version).toBe(3);
      await own.perform('publication');
      await expect(own.send('POST', '/procedure', { version: 3, reason: '按新程序办理' })).rejects.toMatchObject({
        status: 412,
        problem: { details: { steps: ['publication'] } },
      });
    });
  });
});
