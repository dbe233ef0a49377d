import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import {
  type AssetMarksView,
  type CaseView,
  type ExportView,
  type FormView,
  problemSchema,
  type ReviewRules,
  type ReviewView,
} from '#contract';
import { newId, REVIEW_HEADS } from '#domain';
import { healingRepository } from '#persistence';
import { endpoints, makeOpenApi } from '../../../apps/api/src/http/openapi.js';
import { CaseByApi, type CaseDriver } from '../../support/case-by-api.js';
import { keepReviewedProcedure, REVIEWED } from '../../support/reviewed-procedure.js';
import { type ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { settle } from '../../support/settle.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { type AnotherServer, serve } from './another-server.js';
import { faultsOf, openApiSchema } from './openapi-shape.js';
import { type Answer, ask, json } from './wire.js';

const COMMITTED = 'docs/openapi.json';

describe('what the API says of itself, and says', () => {
  let api: RunningApi;
  let site: AnotherServer;
  let officer: ApiClient;
  let chief: ApiClient;
  let supervisor: ApiClient;
  let opened: CaseView;
  let assetId: string;
  const original = randomBytes(5_000);

  beforeAll(async () => {
    api = await runApi({ replica: (dir) => ({ store: { kind: 'filesystem', root: join(dir, 'replica') } }) });
    const webDir = join(api.dir, 'web');
    await mkdir(join(webDir, 'assets'), { recursive: true });
    await writeFile(join(webDir, 'index.html'), '<!doctype html><title>留痕</title>');
    await writeFile(join(webDir, 'assets', 'index-1a2b.js'), 'export {};');
    site = await serve(api.archive, { webDir, metricsToken: 'a-token-for-prometheus' });
    officer = await api.signIn(['officer']);
    chief = await api.signIn(['administrator']);
    supervisor = await api.signIn(['supervisor']);
    opened = await officer.send<CaseView>('POST', '/cases', {
      procedureId: 'administrative-penalty-ordinary',
      number: '测罚字〔2026〕3号',
      title: '某店案',
      parties: [{ kind: 'organisation', name: '某店' }],
    });
    assetId = await officer.upload(original, {
      filename: '现场.mp4',
      caseId: opened.id,
      occurrenceId: opened.occurrences[0]?.id ?? '',
    });
    await api.archive.work.seal.run(assetId);
  });
  afterAll(async () => {
    for (const id of await healingRepository.owed(api.parts.database.reader, new Date(Date.now() + 1_000), 10))
      expect(await api.archive.work.heal.run(id)).toBe('healed');
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await site.stop();
    await api.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}, url = site.url): Promise<Answer> =>
    ask(url, { method: 'GET', path, headers });
  const expectProblem = (answer: Answer, status: number, code: string): void => {
    expect([answer.status, answer.headers['content-type']]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
    const problem = problemSchema.strict().parse(json(answer));
    expect(problem).toMatchObject({
      status,
      code,
      type: `urn:liuhen:error:${code}`,
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.bytes.toString()).not.toMatch(/\bat .*\.(js|ts):\d+|node_modules|Error:/);
  };

  const driver = (): CaseDriver => ({
    officer: async () => officer,
    pass: async () => undefined,
    settle: (id, kind) => settle(api.archive, id, kind),
    outsiderId: chief.session.account.id,
  });

  /** A sealed original with a copy in the second store, and a byte that was flipped since. */
  async function damagedAsset(): Promise<string> {
    const id = await officer.upload(randomBytes(100), { filename: 'b.mp4' });
    await api.archive.work.seal.run(id);
    await api.archive.work.replicate.run(id);
    const [{ object_key: key }] = await api.parts.database.reader.query('SELECT object_key FROM assets WHERE id = $1', [
      id,
    ]);
    await flipByteOnDisk(join(api.dir, 'objects', 'vault', key), 0);
    await api.archive.work.checkAsset.run(id, { cause: 'scrub' });
    return id;
  }

  /** Two clips of one recorder in a step, with a minute missing between them. */
  async function brokenRecording(caseId: string, occurrenceId: string): Promise<string[]> {
    const ids: string[] = [];
    for (const [local, n] of [
      ['20261121080000', 1],
      ['20261121080200', 3],
    ]) {
      const filename = `DSJ-7-000001_012345_${local}_000${n}.mp4`;
      const id = await officer.upload(randomBytes(100), { filename, caseId, occurrenceId });
      await api.archive.work.seal.run(id);
      await api.archive.work.look.run(id, async () => ({
        ...{ kind: 'video', mime: 'video/mp4', playMode: 'native', unviewable: null, durationMs: 60_000 },
        ...{ pageCount: null, deviceTime: null, place: null, facts: {}, renditions: [] },
      }));
      ids.push(id);
    }
    return ids;
  }

  describe('OpenAPI', () => {
    it('is valid in its structure', async () => {
      const document = openApiSchema.parse(json(await get('/api/openapi.json')));
      expect(faultsOf(document)).toEqual([]);
    });

    it('names every endpoint, and the uploads', async () => {
      const { paths } = openApiSchema.parse(json(await get('/api/openapi.json')));
      const named = Object.entries(paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const known = endpoints(site.app).map(
        ({ method, path }) => `${method} /api/v1/${path.replace(/[:*](\w+)/g, '{$1}')}`,
      );
      const tus = [
        'OPTIONS /api/v1/uploads',
        'POST /api/v1/uploads',
        'HEAD /api/v1/uploads/{id}',
        'PATCH /api/v1/uploads/{id}',
        'DELETE /api/v1/uploads/{id}',
      ];
      expect(named.sort()).toEqual([...known, ...tus].sort());
    });

    it('is committed as docs/openapi.json; `node scripts/openapi.mjs` writes it anew', async () => {
      const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
      const now = `${JSON.stringify(makeOpenApi(site.app, version), null, 2)}\n`;
      if (process.env.UPDATE === '1') {
        await mkdir('docs', { recursive: true });
        await writeFile(COMMITTED, now);
      }
      expect(existsSync(COMMITTED) ? await readFile(COMMITTED, 'utf8') : '').toBe(now);
    });

    it('is shown at /api/docs, from our own files and under a policy', async () => {
      const page = await get('/api/docs');
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.headers['content-security-policy']).toContain("default-src 'self'");
      for (const [, path = ''] of page.bytes.toString().matchAll(/(?:src|href)="([^"]+)"/g)) {
        expect(path).toMatch(/^\/api\/docs\//);
        expect((await get(path)).status).toBe(200);
      }
    });
  });

  it('every JSON answer is just what its schema says: nothing missing, nothing more', async () => {
    const step = opened.occurrences[0]?.id ?? '';
    const units = await chief.send<{ items: { id: string }[] }>('GET', '/units');
    const unitId = units.items[0]?.id ?? '';
    const repeatable = opened.procedure.steps.find((one) => one.repeatable)?.id;
    await officer.raw('POST', '/uploads', { headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '7' } });
    await api.archive.work.seal.run(assetId);
    const reason = { reason: '移送法院' };
    const exported = await officer.send<ExportView>('POST', `/cases/${opened.id}/exports`, reason);
    const plan = { procedureId: 'administrative-inspection', number: '测检〔2026〕2号', title: '检查' };
    const inspected = await CaseByApi.open(driver(), plan);
    await inspected.walk();
    const closable = inspected.view;
    const at = `/cases/${opened.id}`;
    const lead = opened.occurrences.find(({ stepId }) => stepId === 'lead')?.id ?? '';
    await officer.send('PATCH', `${at}/occurrences/${lead}`, { state: 'open' });
    const excused = { occurrenceId: lead, kind: 'emergency', reason: '来不及' };
    const longer = { occurrenceId: lead, limitId: 'lead-check', reason: '案情复杂' };
    const filing = opened.occurrences.find(({ stepId }) => stepId === 'filing')?.id ?? '';
    await officer.send('PATCH', `${at}/occurrences/${filing}`, { state: 'done' });
    const more = { occurrenceId: filing, limitId: 'decision', reason: '案情复杂' };
    await officer.send('POST', `${at}/excuses`, excused);
    const { law } = await officer.send<CaseView>('POST', `${at}/extensions`, more);
    const decided = [supervisor, { approve: false, reason: '不属实' }] as const;
    const file = await readFile('procedures/administrative-filing/1.json', 'utf8');
    const newer = (version: number): object => ({ file: JSON.stringify({ ...JSON.parse(file), version }) });
    const filed = await officer.send<CaseView>('POST', '/cases', {
      ...{ procedureId: 'administrative-filing', number: '测备〔2026〕1号', title: '备案' },
    });
    await chief.send('POST', '/procedures', newer(2));
    const certificate = { validFrom: '2026-01-01', validTo: '2030-12-31', kind: 'enforcement', number: '浙A0001' };
    const examiner = await api.signIn(['reviewer']);
    const qualified = {
      ...certificate,
      kind: 'legal-review',
      number: '法A0001',
      accountId: examiner.session.account.id,
    };
    await chief.send('POST', '/certificates', qualified);
    await keepReviewedProcedure(api);
    const review = async (): Promise<ReviewView> => {
      const found = await officer.send<CaseView>('POST', '/cases', {
        ...{ ...REVIEWED, number: `测审〔2026〕${newId().slice(-12)}号`, title: '送审' },
      });
      await officer.send('POST', `/cases/${found.id}/decision-findings`, { kinds: ['closed'], party: 'person' });
      const wish = { occurrenceId: found.occurrences.find(({ stepId }) => stepId === 'legal-review')?.id };
      return await officer.send('POST', `/cases/${found.id}/reviews`, wish);
    };
    const opinion = {
      ...{ stage: 0, outcome: 'returned', text: '证据不足' },
      answers: REVIEW_HEADS.map((head) => ({ head, finding: 'flawed', ground: '见卷' })),
    };
    const returned = async (): Promise<string> => {
      const { id } = await review();
      await examiner.send('POST', `/reviews/${id}/opinions`, opinion);
      return id;
    };
    const [fresh, disputed] = [await review(), await returned()];
    const back = await officer.send<ReviewView>('GET', `/reviews/${await returned()}`);
    await officer.send('POST', `/reviews/${disputed}/disputes`, { reason: '不同意退回' });
    const range = { startMs: 0, endMs: 1_000 };
    const { policy } = await chief.send<ReviewRules>('GET', '/review-rules');
    const recordingId = await officer.upload(randomBytes(200), {
      filename: '录音.wav',
      caseId: opened.id,
      occurrenceId: step,
    });
    await settle(api.archive, recordingId, 'video');
    const mark = { kind: 'interruption', place: { range }, text: '更换电池', reason: 'power' };
    const { marks } = await officer.send<AssetMarksView>('POST', `/assets/${recordingId}/marks`, mark);
    await officer.send('POST', `/assets/${recordingId}/transcripts`, {
      text: '问：',
      madeBy: 'machine',
      maker: '转写程序',
    });
    const paper = opened.occurrences.find(({ stepId }) => stepId === 'site-inspection')?.id ?? '';
    const wish = { occurrenceId: paper, paperId: 'inspection-record', templateId: 'inspection-record' };
    const form = await officer.send<FormView>('POST', `${at}/forms`, wish);
    const choice = form.template.fields.find(({ id }) => id === 'shown')?.choices[0]?.zh ?? '';
    const values = { ...form.values, began: '2026-11-21T09:00', place: '某路1号', shown: choice, findings: '货物三处' };
    const ready = await officer.send<FormView>('POST', `${at}/forms`, wish);
    await officer.send('PUT', `/forms/${ready.id}`, { values, revision: 1 });
    const issued = await officer.send<FormView>('POST', `${at}/forms`, wish);
    await officer.send('PUT', `/forms/${issued.id}`, { values, revision: 1 });
    await officer.send('POST', `/forms/${issued.id}/issue`, { revision: 2 });
    const list = await officer.raw('GET', '/procedures/administrative-permit/recording-list', {});
    const sheet = Buffer.from(await list.arrayBuffer()).toString('base64');
    const keeper = await api.signIn(['archivist']);
    const recorder = { kind: 'recorder', unitId, serial: 'DSJ-7-000001', maker: '某厂', model: 'A7' };
    const { id: recorderId } = await keeper.send<{ id: string }>('POST', '/recorders', recorder);
    const clips = await brokenRecording(opened.id, step);
    const examples: Record<string, readonly [client: ApiClient | null, path: string, body?: unknown]> = {
      'GET procedures': [officer, '/procedures'],
      'GET procedures/:id': [officer, '/procedures/administrative-filing?version=1'],
      'POST procedures': [chief, '/procedures', newer(4)],
      'POST procedures/:id/recording-list': [
        chief,
        '/procedures/administrative-permit/recording-list',
        { sheet, isTrial: true },
      ],
      'GET agency-words': [officer, '/agency-words'],
      'PUT agency-words/:id': [chief, `/agency-words/${unitId}`, { word: '测监' }],
      'GET cases/:id/form-templates': [officer, `${at}/form-templates?occurrenceId=${paper}&paperId=inspection-record`],
      'GET cases/:id/forms': [officer, `${at}/forms`],
      'POST cases/:id/forms': [officer, `${at}/forms`, wish],
      'GET forms/:id': [officer, `/forms/${form.id}`],
      'PUT forms/:id': [officer, `/forms/${form.id}`, { values, revision: 1 }],
      'POST forms/:id/issue': [officer, `/forms/${ready.id}/issue`, { revision: 2, withEnglish: true }],
      'POST forms/:id/print': [officer, `/forms/${ready.id}/print`],
      'POST forms/:id/comparisons': [officer, `/forms/${issued.id}/comparisons`, { assetId, read: values }],
      'POST forms/:id/void': [officer, `/forms/${form.id}/void`, { reason: '填错' }],
      'GET calendar': [officer, '/calendar'],
      'GET agency-limits': [officer, '/agency-limits'],
      'PUT agency-limits': [
        chief,
        '/agency-limits',
        {
          ...{ procedureId: 'administrative-penalty-ordinary', limitId: 'hand-in', reason: '本局规定' },
          limit: { count: 12, unit: 'hours', lastDayAtRest: 'stays' },
        },
      ],
      'GET certificates': [chief, '/certificates'],
      'POST certificates': [chief, '/certificates', { accountId: officer.session.account.id, ...certificate }],
      'GET due': [officer, '/due?limit=3&kind=statement'],
      'GET late': [supervisor, '/late?limit=3'],
      'POST cases/:id/statements': [officer, `${at}/statements`, { conditionId: 'hearing-asked', holds: true }],
      'PUT cases/:id/occurrences/:occurrenceId/people': [
        officer,
        `${at}/occurrences/${lead}/people`,
        { people: [{ accountId: officer.session.account.id, role: 'officer' }], reason: '更正' },
      ],
      'POST cases/:id/excuses': [officer, `${at}/excuses`, excused],
      'POST cases/:id/excuses/:excuseId/decision': [
        decided[0],
        `${at}/excuses/${law.excuses[0]?.id}/decision`,
        decided[1],
      ],
      'POST cases/:id/extensions/:extensionId/decision': [
        decided[0],
        `${at}/extensions/${law.extensions[0]?.id}/decision`,
        decided[1],
      ],
      'POST cases/:id/extensions': [officer, `${at}/extensions`, longer],
      'POST cases/:id/procedure': [officer, `/cases/${filed.id}/procedure`, { version: 2, reason: '新规' }],
      'GET review-rules': [chief, '/review-rules'],
      'PUT review-rules': [chief, '/review-rules', { ...policy, version: 0, reason: '本机关规定' }],
      'GET review-staffing': [chief, '/review-staffing'],
      'GET cases/:id/reviews': [officer, `/cases/${fresh.case.id}/reviews`],
      'POST cases/:id/decision-findings': [officer, `${at}/decision-findings`, { kinds: ['closed'], party: 'person' }],
      'POST cases/:id/reviews': [
        officer,
        `/cases/${back.case.id}/reviews`,
        { occurrenceId: back.occurrenceId, note: '补充后再送' },
      ],
      'GET reviews': [examiner, '/reviews?list=returned&limit=2'],
      'GET reviews/:id': [examiner, `/reviews/${disputed}`],
      'POST reviews/:id/take': [examiner, `/reviews/${fresh.id}/take`],
      'POST reviews/:id/opinions': [examiner, `/reviews/${fresh.id}/opinions`, opinion],
      'POST reviews/:id/disputes': [officer, `/reviews/${await returned()}/disputes`, { reason: '不同意退回' }],
      'POST reviews/:id/discussions': [
        supervisor,
        `/reviews/${disputed}/discussions`,
        {
          ...{ heldOn: new Date(api.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10) },
          ...{ result: 'passed', text: '证据充分' },
          participants: [
            { name: '甲', post: '局长' },
            { name: '乙', post: '副局长' },
          ],
        },
      ],
      'GET cases/:id/missing-notes': [officer, `${at}/missing-notes`],
      'GET assets/:id/marks': [officer, `/assets/${recordingId}/marks`],
      'POST assets/:id/marks': [officer, `/assets/${recordingId}/marks`, mark],
      'PUT assets/:id/marks/:markId': [
        officer,
        `/assets/${recordingId}/marks/${marks[0]?.id}`,
        { version: 1, content: { kind: 'note', place: { range }, text: '改正' } },
      ],
      'POST assets/:id/transcripts': [
        officer,
        `/assets/${recordingId}/transcripts`,
        { textAssetId: assetId, madeBy: 'hand', maker: '书记员甲' },
      ],
      'GET cases': [officer, '/cases?limit=1&state=open&search=%E6%9F%90%E5%BA%97'],
      'POST cases': [
        officer,
        '/cases',
        { procedureId: 'administrative-inspection', number: '测检〔2026〕1号', title: '检查' },
      ],
      'GET cases/:id': [officer, `/cases/${opened.id}`],
      'PATCH cases/:id': [officer, `/cases/${opened.id}`, { title: '某店无证经营案', reason: '更正名称' }],
      'GET cases/:id/close': [officer, `/cases/${closable.id}/close`],
      'POST cases/:id/close': [officer, `/cases/${closable.id}/close`, { manner: 'executed', reason: '执行完毕' }],
      'POST cases/:id/checks': [officer, `/cases/${opened.id}/checks`, { reason: '开庭出示' }],
      'POST cases/:id/occurrences': [officer, `/cases/${opened.id}/occurrences`, { stepId: repeatable }],
      'PATCH cases/:id/occurrences/:occurrenceId': [
        officer,
        `/cases/${opened.id}/occurrences/${step}`,
        { state: 'open', address: '某路1号' },
      ],
      'POST cases/:id/exports': [officer, `/cases/${opened.id}/exports`, { reason: '移送法院' }],
      'GET cases/:id/exports': [officer, `/cases/${opened.id}/exports`],
      'GET exports/:id': [officer, `/exports/${exported.id}`],
      'GET cases/:id/replay': [officer, `/cases/${opened.id}/replay`],
      'GET cases/:id/events': [officer, `/cases/${opened.id}/events?limit=2`],
      'GET assets': [officer, '/assets?linked=yes&mine=yes&custody=sealed&search=%E7%8E%B0%E5%9C%BA'],
      'GET assets/:id': [officer, `/assets/${assetId}`],
      'PUT assets/:id/link': [
        officer,
        `/assets/${assetId}/link`,
        { caseId: opened.id, occurrenceId: step, range: { startMs: 0, endMs: 5 }, purpose: '现场', reason: '核对' },
      ],
      'GET assets/:id/receipt': [officer, `/assets/${assetId}/receipt`],
      'GET assets/:id/events': [officer, `/assets/${assetId}/events`],
      'GET uploads': [officer, '/uploads'],
      'GET system': [chief, '/system'],
      'GET ledger': [chief, '/ledger'],
      'GET findings': [chief, '/findings?limit=1'],
      'POST assets/:id/healings': [chief, `/assets/${await damagedAsset()}/healings`, { reason: '坏块' }],
      'GET recorders': [keeper, '/recorders'],
      'POST recorders': [keeper, '/recorders', { ...recorder, serial: 'DSJ-7-000002' }],
      'POST recorders/:id/issues': [
        keeper,
        `/recorders/${recorderId}/issues`,
        { accountId: officer.session.account.id, officerNumber: '012345', at: '2026-11-21T00:00:00Z' },
      ],
      'GET recorders/:id': [keeper, `/recorders/${recorderId}`],
      'POST recorders/:id/returns': [keeper, `/recorders/${recorderId}/returns`, { note: '完好' }],
      'POST recorders/:id/checks': [
        keeper,
        `/recorders/${recorderId}/checks`,
        { kind: 'fault', passed: false, findings: '夹子断裂' },
      ],
      'POST recorders/:id/clocks': [
        keeper,
        `/recorders/${recorderId}/clocks`,
        { source: 'dock', at: '2026-11-21T10:00:00Z', deviceTime: '2026-11-21 18:00:03', wasSet: true },
      ],
      'POST recorders/:id/lists': [
        keeper,
        `/recorders/${recorderId}/lists`,
        { fileName: '清单.csv', content: Buffer.from('文件名,大小\n从未到.mp4,12\n').toString('base64') },
      ],
      'PATCH recorders/:id': [keeper, `/recorders/${recorderId}`, { state: 'in-use', reason: '已修复' }],
      'GET arrivals': [keeper, `/arrivals?recorderId=${recorderId}`],
      'GET name-rules': [officer, '/name-rules'],
      'GET unsorted': [officer, '/unsorted?limit=5'],
      'POST unsorted/accept': [officer, '/unsorted/accept', { items: [{ assetId, occurrenceId: step }] }],
      'POST unsorted/names': [keeper, '/unsorted/names'],
      'GET assets/:id/recording': [officer, `/assets/${clips[0]}/recording`],
      'PUT assets/:id/recorder': [officer, `/assets/${assetId}/recorder`, { recorderId }],
      'POST cases/:id/gaps': [
        officer,
        `/cases/${opened.id}/gaps`,
        { occurrenceId: step, afterAssetId: clips[0], beforeAssetId: clips[1], text: '更换电池' },
      ],
      'POST sessions': [
        null,
        '/sessions',
        { login: officer.session.account.login, password: 'correct horse battery!' },
      ],
      'GET session': [officer, '/session'],
      'GET accounts': [chief, '/accounts'],
      'POST accounts': [
        chief,
        '/accounts',
        { login: 'new.one', name: '新人', roles: ['officer', 'archivist'], unitId },
      ],
      'PATCH accounts/:id': [chief, `/accounts/${officer.session.account.id}`, { name: '老人' }],
      'GET units': [chief, '/units'],
      'POST units': [chief, '/units', { name: '二队', parentId: unitId }],
    };
    // Nothing to give without a signer: tested where there is one.
    const withJson = endpoints(site.app).filter(({ response, path }) => response && path !== 'ledger/keys');
    expect(Object.keys(examples).sort()).toEqual(withJson.map(({ method, path }) => `${method} ${path}`).sort());
    for (const { method, path, response, status } of withJson) {
      const [client, address, body] = examples[`${method} ${path}`] ?? [null, ''];
      const answer = await ask(
        api.url,
        {
          method,
          path: `/api/v1${address}`,
          headers: { ...client?.authorization, ...(body ? { 'Content-Type': 'application/json' } : {}) },
        },
        body ? Buffer.from(JSON.stringify(body)) : undefined,
      );
      expect([path, answer.status, answer.headers['content-type']]).toEqual([
        path,
        status ?? 200,
        'application/json; charset=utf-8',
      ]);
      expect(answer.headers['cache-control']).toBe('no-store');
      const given = json(answer);
      // What the schema does not know, it would drop.
      expect((response as z.ZodType).parse(given)).toEqual(given);
    }
  });

  describe('problems', () => {
    it.each([
      '/api/v1/nope',
      '/api/v1',
      '/api/v2/cases',
      '/api/nope',
      '/api',
      '/api/v1/cases/../../nope',
      '/api/openapi.jsn',
      '/api/v1/%2e%2e/x',
    ])('%s is a problem, and not the page', async (path) => {
      expectProblem(await get(path, officer.authorization), 404, 'not-found');
    });

    it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s to what is no endpoint is a problem', async (method) => {
      expectProblem(
        await ask(site.url, { method, path: '/api/v1/nope', headers: officer.authorization }),
        404,
        'not-found',
      );
      expectProblem(await ask(site.url, { method, path: '/nope', headers: officer.authorization }), 404, 'not-found');
    });

    it.each(['/api/v1/cases/%E0%A4%A', '/%E0%A4%A', '/assets/%00', '/assets/%2e%2e%2f%2e%2e%2fpackage.json'])(
      'a path that is none (%s) tells nothing of the inside',
      async (path) => {
        const answer = await get(path, officer.authorization);
        expect([200, 400, 404]).toContain(answer.status);
        expect(answer.bytes.toString()).not.toMatch(/node_modules|\bat .*:\d+:\d+|"name": "liuhen"/);
        if (answer.status !== 200)
          expectProblem(answer, answer.status, answer.status === 400 ? 'invalid-input' : 'not-found');
      },
    );

    it.each([
      '{',
      '{"a":}',
      '[',
      'nonsense',
      '{"number":"\\ud800"}',
      '{"number":"a\\u0000b","title":"x","procedureId":"y"}',
    ])('JSON that is none, or text that is none: %s', async (body) => {
      const answer = await ask(
        site.url,
        {
          method: 'POST',
          path: '/api/v1/cases',
          headers: { ...officer.authorization, 'Content-Type': 'application/json' },
        },
        Buffer.from(body),
      );
      expectProblem(answer, 400, 'invalid-input');
    });

    it('a body that does not fit its schema is told where', async () => {
      const answer = await ask(
        site.url,
        {
          method: 'POST',
          path: '/api/v1/cases',
          headers: { ...officer.authorization, 'Content-Type': 'application/json' },
        },
        Buffer.from('{"title":"","parties":[{"kind":"ghost"}]}'),
      );
      expectProblem(answer, 400, 'invalid-input');
      expect((json(answer).details as { problems: string[] }).problems.map((one) => one.split(':')[0])).toEqual(
        expect.arrayContaining(['procedureId', 'number', 'title', 'parties.0.kind', 'parties.0.name']),
      );
    });

    it.each(['limit=0', 'limit=201', 'limit=x', 'state=gone', 'cursor=!!', 'cursor=AAAA', 'search=%00'])(
      'a query that does not fit: %s',
      async (query) => {
        expectProblem(await get(`/api/v1/cases?${query}`, officer.authorization), 400, 'invalid-input');
      },
    );

    it('a body too large', async () => {
      const body = Buffer.from(JSON.stringify({ title: 'x'.repeat(1_200_000) }));
      expectProblem(
        await ask(
          site.url,
          {
            method: 'POST',
            path: '/api/v1/cases',
            headers: { ...officer.authorization, 'Content-Type': 'application/json' },
          },
          body,
        ),
        413,
        'upload-too-large',
      );
    });

    it.each(['no-id', '1', '01890a5d-ac96-474b-8cce-b302099a8057', "' OR 1=1"])(
      'an id that is none names nothing: %s',
      async (id) => {
        for (const path of ['cases', 'assets'])
          expectProblem(
            await get(`/api/v1/${path}/${encodeURIComponent(id)}`, officer.authorization),
            404,
            'not-found',
          );
      },
    );
  });

  describe('headers', () => {
    const SAFE = {
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    };

    it.each([
      '/',
      '/cases/x',
      '/assets/index-1a2b.js',
      '/api/docs',
      '/api/docs/ui/swagger-ui.css',
      '/api/openapi.json',
      '/api/v1/cases',
      '/api/v1/nope',
      '/api/v1/uploads',
      '/healthz',
      '/metrics',
    ])('every answer is safe to receive: %s', async (path) => {
      const { headers } = await get(path);
      expect(headers).toMatchObject(SAFE);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      if (headers['content-type']?.startsWith('text/html'))
        expect(headers['content-security-policy']).toMatch(
          /default-src 'self'.*frame-ancestors 'none'.*base-uri 'none'/,
        );
    });

    it('pages are asked for anew, files named by their content are kept', async () => {
      expect((await get('/cases/x')).headers['cache-control']).toBe('no-cache');
      expect((await get('/assets/index-1a2b.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect((await get('/assets/gone.js')).bytes.toString()).not.toContain('export');
    });

    it('evidence is not kept, not run, not framed', async () => {
      const { headers } = await get(`/api/v1/assets/${assetId}/original`, officer.authorization);
      expect(headers).toMatchObject({
        ...SAFE,
        'cache-control': 'private, no-store',
        'content-security-policy': "default-src 'none'; sandbox",
      });
    });

    it.each([
      'text/html',
      'image/svg+xml',
      'application/xhtml+xml',
      'text/xml',
      'application/javascript',
      'application/pdf',
    ])('what a browser would run or open by itself (%s) is handed out for saving', async (mime) => {
      const id = await officer.upload(Buffer.from('<script>alert(1)</script>'), { filename: 'a.html', filetype: mime });
      await api.parts.database.reader.query('UPDATE assets SET mime = $1 WHERE id = $2', [mime, id]);
      for (const way of ['original', 'download']) {
        const { headers } = await get(`/api/v1/assets/${id}/${way}`, officer.authorization);
        expect(headers['content-disposition']).toMatch(/^attachment; /);
        expect(headers['content-security-policy']).toContain('sandbox');
        if (way === 'original') expect(headers['content-type']).toBe('application/octet-stream');
      }
    });
  });

  describe('file names', () => {
    const RTL = '\u202e';
    const names: [string, string | Buffer, string][] = [
      ['CRLF', 'a\r\nSet-Cookie: x=1\r\n.mp4', 'a\r\nSet-Cookie: x=1\r\n.mp4'],
      ['quotes', 'a"b\\c\'d.mp4', 'a"b\\c\'d.mp4'],
      ['RTL override', `执法${RTL}4pm.exe`, `执法${RTL}4pm.exe`],
      ['255 bytes', `${'录'.repeat(83)}ab.mp4`, `${'录'.repeat(83)}ab.mp4`],
      ['NFD', 'Ame\u0301lie.mp4', 'Ame\u0301lie.mp4'],
      ['path', '../../../etc/passwd', '../../../etc/passwd'],
      ['windows path', 'C:\\\\录像\\\\a.mp4', 'C:\\\\录像\\\\a.mp4'],
      ['percent and semicolon', "100%; filename*=UTF-8''evil.exe", "100%; filename*=UTF-8''evil.exe"],
      ['markup', '<img src=x onerror=alert(1)>.mp4', '<img src=x onerror=alert(1)>.mp4'],
      ['emoji', '🎥 1.mp4', '🎥 1.mp4'],
      // PostgreSQL keeps no NUL in text: its picture stands for it; what was sent stays in the metadata.
      ['NUL', 'a\0b.mp4', 'a\u2400b.mp4'],
      ['no UTF-8', Buffer.from([0xff, 0xfe, 0x61]), '\ufffd\ufffda'],
      ['empty', '', '未命名'],
    ];

    it.each(names)('%s: kept as data, shown escaped', async (_, sent, shown) => {
      const encoded = `filename ${Buffer.from(sent).toString('base64')}`.trim();
      const created = await ask(
        api.url,
        {
          method: 'POST',
          path: '/api/v1/uploads',
          headers: {
            ...officer.authorization,
            'Tus-Resumable': '1.0.0',
            'Upload-Length': '1',
            'Upload-Metadata': encoded,
            'Content-Type': 'application/offset+octet-stream',
          },
        },
        Buffer.from('x'),
      );
      expect(created.status).toBe(201);
      const location = created.headers.location ?? '';
      const head = await ask(api.url, {
        method: 'HEAD',
        path: location,
        headers: { ...officer.authorization, 'Tus-Resumable': '1.0.0' },
      });
      expect(head.headers['upload-metadata']).toBe(encoded);
      const id = location.split('/').at(-1) ?? '';
      expect(await officer.send('GET', `/assets/${id}`)).toMatchObject({ fileName: shown });

      const { headers, status } = await get(`/api/v1/assets/${id}/download`, officer.authorization, api.url);
      expect(status).toBe(200);
      expect(headers['set-cookie']).toBeUndefined();
      // RFC 6266: a quoted ASCII stand-in, and RFC 8187: the name itself in attr-chars and percent-encoding.
      const [, ascii, extended] =
        /^attachment; filename="([^"\\\r\n]*)"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)$/.exec(
          headers['content-disposition'] ?? '',
        ) ?? [];
      expect(ascii).toMatch(/^[\x20-\x7e]+$/);
      expect(ascii).not.toMatch(/[/\\%]/);
      expect(decodeURIComponent(extended ?? '')).toBe(shown);
    });

    it('a name longer than any file system keeps is refused', async () => {
      await expect(officer.upload(Buffer.from('x'), { filename: 'x'.repeat(1001) })).rejects.toMatchObject({
        status: 400,
      });
    });
  });

  describe('ranges', () => {
    const range = (Range: string, more: Record<string, string> = {}, method = 'GET') =>
      ask(api.url, {
        method,
        path: `/api/v1/assets/${assetId}/original`,
        headers: { ...officer.authorization, Range, ...more },
      });

    it.each([
      ['bytes=0-0', 0, 1],
      ['bytes=0-9', 0, 10],
      ['bytes=4990-', 4_990, 5_000],
      ['bytes=4990-99999', 4_990, 5_000],
      ['bytes=-10', 4_990, 5_000],
      ['bytes=-99999', 0, 5_000],
      ['bytes=0-', 0, 5_000],
    ])('%s', async (asked, start, end) => {
      const answer = await range(asked);
      expect([answer.status, answer.headers['content-range']]).toEqual([206, `bytes ${start}-${end - 1}/5000`]);
      expect(answer.headers['content-length']).toBe(String(end - start));
      expect(answer.bytes.equals(original.subarray(start, end))).toBe(true);
    });

    it.each(['bytes=5000-', 'bytes=9999-10000', 'bytes=-0'])('%s cannot be satisfied', async (asked) => {
      const answer = await range(asked);
      expect([answer.status, answer.headers['content-range'], answer.bytes.length]).toEqual([416, 'bytes */5000', 0]);
    });

    it.each(['bytes=0-1,5-6', 'bytes=5-2', 'bytes=', 'bytes=a-b', 'lines=1-2', 'bytes=--1', 'bytes=1 - 2'])(
      '%s is answered whole',
      async (asked) => {
        const answer = await range(asked);
        expect([answer.status, answer.headers['content-range'], answer.bytes.equals(original)]).toEqual([
          200,
          undefined,
          true,
        ]);
      },
    );

    it('If-Range: a part only of what is still the same', async () => {
      const etag = (await range('bytes=0-0')).headers.etag ?? '';
      expect(etag).toMatch(/^"[^"]+"$/);
      expect((await range('bytes=0-9', { 'If-Range': etag })).status).toBe(206);
      expect((await range('bytes=0-9', { 'If-Range': '"other"' })).status).toBe(200);
      expect((await range('bytes=0-9', { 'If-Range': `W/${etag}` })).status).toBe(200);
      expect((await range('bytes=0-9', { 'If-Range': new Date().toUTCString() })).status).toBe(200);
    });

    it('HEAD says what GET would, without the bytes; a range is for GET', async () => {
      const answer = await range('bytes=0-9', {}, 'HEAD');
      expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
      expect(answer.headers).toMatchObject({
        'content-length': '5000',
        'accept-ranges': 'bytes',
        'content-type': 'application/octet-stream',
      });
      expect(answer.headers.etag).toBe((await range('bytes=0-0')).headers.etag);
    });

    it('an empty original', async () => {
      const id = await officer.upload(Buffer.alloc(0), { filename: 'empty.mp4' });
      const answer = await get(`/api/v1/assets/${id}/original`, officer.authorization, api.url);
      expect([answer.status, answer.headers['content-length'], answer.bytes.length]).toEqual([200, '0', 0]);
      expect(
        (await get(`/api/v1/assets/${id}/original`, { ...officer.authorization, Range: 'bytes=0-' }, api.url)).status,
      ).toBe(416);
    });

    it('an original that is gone is a problem that can be read, not a broken answer', async () => {
      const id = await officer.upload(randomBytes(2_000), { filename: 'gone.mp4' });
      const [{ object_key: key }] = await api.parts.database.reader.query(
        'SELECT object_key FROM assets WHERE id = $1',
        [id],
      );
      const path = join(api.dir, 'objects', 'vault', key);
      const bytes = await readFile(path);
      await rm(path);
      const answer = await get(`/api/v1/assets/${id}/original`, { ...officer.authorization, Range: 'bytes=0-9' });
      expectProblem(answer, 500, 'object-missing');
      for (const name of ['content-range', 'content-disposition', 'accept-ranges', 'etag'])
        expect(answer.headers[name]).toBeUndefined();
      await writeFile(path, bytes);
      expect((await get(`/api/v1/assets/${id}/original`, officer.authorization)).status).toBe(200);
    });
  });

  describe('health, metrics, logs', () => {
    it('/healthz and /readyz are open and say what fails', async () => {
      expect(json(await get('/healthz'))).toEqual({ status: 'ok' });
      const ready = await get('/readyz');
      expect([ready.status, json(ready)]).toEqual([
        200,
        { status: 'ok', checks: expect.objectContaining({ database: 'ok' }) },
      ]);
      const { store } = api.parts;
      const real = store.check.bind(store);
      store.check = async () => {
        throw new Error('the disk is gone from /some/path');
      };
      const failing = await get('/readyz');
      store.check = real;
      expect([failing.status, json(failing).status]).toEqual([503, 'failing']);
      expect(failing.bytes.toString()).not.toContain('/some/path');
    });

    it('metrics count uploads, bytes and failures, and name nobody', async () => {
      const read = async (): Promise<Record<string, number>> => {
        const answer = await get('/metrics', {}, api.url);
        expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
        const text = answer.bytes.toString();
        expect(text).not.toMatch(/现场|某店|测罚/);
        return Object.fromEntries(
          [...text.matchAll(/^(\S+) ([\d.e+]+)$/gm)].map(([, name, value]) => [name, Number(value)]),
        );
      };
      const before = await read();
      await officer.upload(randomBytes(1_234), { filename: '现场.mp4' });
      await officer.raw('HEAD', `/uploads/${newId()}`, { headers: { 'Tus-Resumable': '1.0.0' } });
      const after = await read();
      const grown = (name: string): number => (after[name] ?? 0) - (before[name] ?? 0);
      expect(grown('liuhen_uploads_begun_total')).toBe(1);
      expect(grown('liuhen_uploads_finished_total')).toBe(1);
      expect(grown('liuhen_uploaded_bytes_total')).toBe(1_234);
      expect(grown('liuhen_upload_failures_total{code="not-found"}')).toBe(1);
      expect(Object.keys(after).some((name) => name.startsWith('liuhen_queue_jobs{'))).toBe(true);
      expect(Object.keys(after).some((name) => name.startsWith('liuhen_http_request_seconds_count{'))).toBe(true);
    });

    it('metrics are for this machine, or for who has the token', async () => {
      expect((await get('/metrics', { 'X-Forwarded-For': '203.0.113.9' }, api.url)).status).toBe(404);
      expect((await get('/metrics')).status).toBe(404);
      expect((await get('/metrics', { Authorization: 'Bearer wrong' })).status).toBe(404);
      expect((await get('/metrics', { Authorization: 'Bearer a-token-for-prometheus' })).status).toBe(200);
    });

    it('one line of the log for a request: its id, who, what, how it ended; no names, no query, no token', async () => {
      const answer = await get('/api/v1/cases?search=%E6%9F%90%E5%BA%97', officer.authorization);
      const upload = await ask(site.url, {
        method: 'HEAD',
        path: `/api/v1/uploads/${assetId}`,
        headers: { ...officer.authorization, 'Tus-Resumable': '1.0.0' },
      });
      const lines = site.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      for (const { headers, status } of [answer, upload]) {
        const own = lines.filter((line) => line.requestId === headers['x-request-id']);
        expect(own).toEqual([expect.objectContaining({ status, account: officer.session.account.id, complete: true })]);
      }
      expect(site.lines.join('')).not.toMatch(/%E6%9F%90|某店|现场|search=/);
      expect(site.lines.join('')).not.toContain(officer.session.token);
    });
  });
});
