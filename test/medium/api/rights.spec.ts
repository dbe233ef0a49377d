import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Account, AssetMarksView, CaseView, Session } from '#contract';
import { newId } from '#domain';
import { keys } from '#object-store';
import { endpoints } from '../../../apps/api/src/http/openapi.js';
import { keepReviewedProcedure, REVIEWED } from '../../support/reviewed-procedure.js';
import { ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { type AnotherServer, serve } from './another-server.js';
import { idOf, TusClient } from './wire.js';

const WHO = [
  'in charge',
  'colleague',
  'archivist',
  'supervisor',
  'reviewer',
  'administrator',
  'supervisor above',
  'officer elsewhere',
  'archivist elsewhere',
  'supervisor elsewhere',
  'one-time password',
  'station',
  'nobody',
] as const;
type Who = (typeof WHO)[number];
type Request = readonly [method: string, path: string, body?: unknown];

interface Row {
  /** Who may, and what he is answered. */
  readonly who: readonly Who[];
  readonly status: number;
  /** What everyone else is answered: that there is no such thing, or that it is not his to do. */
  readonly others: 'not-found' | 'forbidden';
  /** `ids` are those of things he may or may not see; for comparison the same is asked of ids that name nothing. */
  readonly ask: (ids: Ids) => Request;
  readonly allowsOneTimePassword?: boolean;
  /** Asked by a machine as by anybody; all other rows are closed to it. */
  readonly allowsStation?: boolean;
}

interface Ids {
  readonly caseId: string;
  readonly occurrenceId: string;
  readonly assetId: string;
  readonly renditionId: string;
  /** A dossier that was asked for, and is not made yet. */
  readonly exportId: string;
  readonly leadId: string;
  readonly excuseId: string;
  readonly extensionId: string;
  /** Of another case of the officer in charge: submitted, and nobody has taken it. */
  readonly reviewId: string;
  /** The step of legal review, for which not all is there. */
  readonly legalReviewId: string;
  readonly markId: string;
  /** A draft. */
  readonly formId: string;
  /** A dock of the unit: it can be looked at and checked, and nobody can carry it. */
  readonly recorderId: string;
}

const SIGNED_IN = WHO.filter((who) => who !== 'nobody' && who !== 'one-time password' && who !== 'station');
const OFFICERS: readonly Who[] = ['in charge', 'colleague', 'officer elsewhere'];
const SEE: readonly Who[] = ['in charge', 'archivist', 'supervisor', 'supervisor above'];
const EVERYONE = { who: SIGNED_IN, status: 200, others: 'forbidden' } as const;
/** Reviewers see the file of a case, and take nothing away. */
const READING = { who: [...SEE, 'reviewer'], status: 200, others: 'not-found' } as const;
const SEEING = { who: SEE, status: 200, others: 'not-found' } as const;
const IN_CHARGE = { who: ['in charge'], status: 200, others: 'not-found' } as const;
/** Decided before: allowed to ask, and told so. */
const APPROVING = { who: ['supervisor', 'supervisor above'], status: 412, others: 'not-found' } as const;
const KEEPERS: readonly Who[] = ['archivist', 'supervisor', 'supervisor above', 'administrator'];
const KEEPING = { who: KEEPERS, status: 200, others: 'not-found' } as const;
const OF_UNIT: readonly Who[] = ['in charge', 'colleague', 'archivist', 'supervisor', 'supervisor above'];
const REVIEWING = { who: ['reviewer'], status: 409, others: 'not-found' } as const;
const ADMINISTRATOR = { who: ['administrator'], status: 200, others: 'forbidden' } as const;

const number = (): string => `测〔2026〕${newId().slice(-12)}号`;
const openCase = (level = 'normal') => ({
  procedureId: 'administrative-penalty-ordinary',
  number: number(),
  title: '案',
  level,
});

const MARK = { kind: 'note', place: { range: { startMs: 0, endMs: 1_000 } }, text: '出示证件' };
const POLICY = {
  ...{ everyDecision: false, version: 7, reason: '本机关规定' },
  levels: [{ id: 'legal', title: { zh: '法制审核', en: 'Legal review' }, unitId: null, signOff: false }],
  limit: { count: 5, unit: 'working-days', lastDayAtRest: 'stays' },
};

describe('rights', () => {
  let api: RunningApi;
  let app: AnotherServer;
  let unit: string;
  let clients: Record<Exclude<Who, 'nobody'>, ApiClient>;
  let ids: Ids;
  let restricted: Ids;
  let accountId: string;
  let repeatable: string;

  beforeAll(async () => {
    api = await runApi();
    app = await serve(api.archive);
    const root = (await api.archive.people.listUnits.run())[0]?.id ?? '';
    const chief = await api.signIn(['administrator']);
    unit = (await chief.send<{ id: string }>('POST', '/units', { name: '一队', parentId: root })).id;
    const elsewhere = (await chief.send<{ id: string }>('POST', '/units', { name: '二队', parentId: root })).id;
    const once = await api.person(['officer'], unit);
    accountId = once.accountId;
    const { login } = (await chief.send<{ items: { id: string; login: string }[] }>('GET', '/accounts')).items.find(
      ({ id }) => id === once.accountId,
    ) ?? { login: '' };
    const session = await fetch(`${api.url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password: 'correct horse battery' }),
    });
    clients = {
      'in charge': await api.signIn(['officer'], unit),
      colleague: await api.signIn(['officer'], unit),
      archivist: await api.signIn(['archivist'], unit),
      supervisor: await api.signIn(['supervisor'], unit),
      reviewer: await api.signIn(['reviewer'], unit),
      administrator: await api.signIn(['administrator'], unit),
      'supervisor above': await api.signIn(['supervisor'], root),
      'officer elsewhere': await api.signIn(['officer'], elsewhere),
      'archivist elsewhere': await api.signIn(['archivist'], elsewhere),
      'supervisor elsewhere': await api.signIn(['supervisor'], elsewhere),
      'one-time password': new ApiClient(api.url, (await session.json()) as Session),
      station: await stationOf(chief, unit),
    };
    await keepReviewedProcedure(api);
    const dock = { kind: 'dock', unitId: unit, serial: `D${newId().slice(-12)}`, maker: '某厂', model: 'C8' };
    const recorderId = (await clients.archivist.send<{ id: string }>('POST', '/recorders', dock)).id;
    ids = { ...(await makeCase('normal')), recorderId };
    restricted = { ...(await makeCase('restricted')), recorderId };
    const { items } = await clients['in charge'].send<{
      items: { id: string; steps: { id: string; repeatable: boolean }[] }[];
    }>('GET', '/procedures');
    repeatable =
      items.find(({ id }) => id === 'administrative-penalty-ordinary')?.steps.find((step) => step.repeatable)?.id ?? '';
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await app.stop();
    await api.stop();
  });

  /** As the administrator makes it: nobody signs in for it. */
  async function stationOf(chief: ApiClient, unitId: string): Promise<ApiClient> {
    const wish = { login: `dock-${newId().slice(-12)}`, name: '一号采集站', roles: ['station'], unitId };
    const made = await chief.send<{ account: Account; stationToken: { token: string; expiresAt: string } }>(
      'POST',
      '/accounts',
      wish,
    );
    return new ApiClient(api.url, { account: made.account, ...made.stationToken, zoneMinutes: 480 });
  }

  /** A case of the officer in charge with one recording in it, as if it had been looked at: playable in segments. */
  async function makeCase(level: string): Promise<Omit<Ids, 'recorderId'>> {
    const officer = clients['in charge'];
    const opened = await officer.send<CaseView>('POST', '/cases', openCase(level));
    const occurrenceId = opened.occurrences[0]?.id ?? '';
    const assetId = await officer.upload(randomBytes(1_000), { filename: 'a.mp4', caseId: opened.id, occurrenceId });
    const renditionId = await addRendition(assetId, 'preview', 'preview.jpg', 'image/jpeg', randomBytes(50));
    await addRendition(
      assetId,
      'segment-index',
      'index.json',
      'application/json',
      Buffer.from('{"segments":[{"durationMs":2000}]}'),
    );
    const key = keys.segment(assetId, 'ts1', '0.ts');
    await api.parts.store.put('media', key, randomBytes(80), 80);
    await asOwner(`INSERT INTO cached_segments (asset_id, n, key, size_bytes, used_at) VALUES ($1, 0, $2, 80, now())`, [
      assetId,
      key,
    ]);
    await asOwner(
      `UPDATE assets SET viewing = 'viewable', kind = 'video', play_mode = 'remux', mime = 'video/mp4' WHERE id = $1`,
      [assetId],
    );
    await api.archive.work.seal.run(assetId);
    // Never sent: what stands in the way of closing the case.
    await new TusClient(officer).begin(3, { caseId: opened.id, occurrenceId });
    const asked = { reason: '移送法院' };
    const exported = await officer.send<{ id: string }>('POST', `/cases/${opened.id}/exports`, asked);
    const law = await makeWishes(opened);
    return {
      caseId: opened.id,
      occurrenceId,
      assetId,
      renditionId,
      exportId: exported.id,
      ...law,
      ...(await makeReview(opened, level, assetId)),
    };
  }

  /** A review of a case of its own, and a mark. */
  async function makeReview({ occurrences }: CaseView, level: string, assetId: string) {
    const officer = clients['in charge'];
    const reviewed = await officer.send<CaseView>('POST', '/cases', { ...openCase(level), ...REVIEWED });
    const at = `/cases/${reviewed.id}`;
    await officer.send('POST', `${at}/decision-findings`, { kinds: ['closed'], party: 'person' });
    const wish = { occurrenceId: reviewed.occurrences.find(({ stepId }) => stepId === 'legal-review')?.id };
    const { id: reviewId } = await officer.send<{ id: string }>('POST', `${at}/reviews`, wish);
    const marked = await officer.send<AssetMarksView>('POST', `/assets/${assetId}/marks`, MARK);
    const legalReviewId = occurrences.find(({ stepId }) => stepId === 'legal-review')?.id ?? '';
    return { reviewId, legalReviewId, markId: marked.marks[0]?.id ?? '' };
  }

  /** An excuse and an extension that were asked for and decided. */
  async function makeWishes(opened: CaseView) {
    const { 'in charge': officer, supervisor } = clients;
    const at = `/cases/${opened.id}`;
    const leadId = opened.occurrences.find(({ stepId }) => stepId === 'lead')?.id ?? '';
    await officer.send('PATCH', `${at}/occurrences/${leadId}`, { state: 'open' });
    const because = { occurrenceId: leadId, reason: '来不及' };
    await officer.send('POST', `${at}/excuses`, { ...because, kind: 'emergency' });
    const { law } = await officer.send<CaseView>('POST', `${at}/extensions`, { ...because, limitId: 'lead-check' });
    const [excuseId, extensionId] = [law.excuses[0]?.id ?? '', law.extensions[0]?.id ?? ''];
    for (const path of [`excuses/${excuseId}`, `extensions/${extensionId}`])
      await supervisor.send('POST', `${at}/${path}/decision`, { approve: false, reason: '不属实' });
    const inspection = opened.occurrences.find(({ stepId }) => stepId === 'site-inspection')?.id ?? '';
    const wish = { occurrenceId: inspection, paperId: 'inspection-record', templateId: 'inspection-record' };
    const { id: formId } = await officer.send<{ id: string }>('POST', `${at}/forms`, wish);
    return { leadId, excuseId, extensionId, formId };
  }

  async function addRendition(
    assetId: string,
    kind: string,
    name: string,
    mime: string,
    bytes: Buffer,
  ): Promise<string> {
    const id = newId();
    const stored = await api.parts.store.put('media', keys.rendition(assetId, id, name), bytes, bytes.length);
    const files = [{ name, mime, sizeBytes: bytes.length, key: stored.key, versionId: stored.versionId }];
    await asOwner(
      `INSERT INTO renditions (id, asset_id, kind, files, tool, tool_version, args, from_block_root, made_at)
       VALUES ($1, $2, $3, $4, 'test', '1', '[]', 'sha256:00', now())`,
      [id, assetId, kind, JSON.stringify(files)],
    );
    return id;
  }

  async function asOwner(sql: string, values: unknown[] = []): Promise<void> {
    const owner = new pg.Client({ connectionString: api.ownerUrl });
    await owner.connect();
    await owner.query(sql, values).finally(() => owner.end());
  }

  const ROWS: Record<string, Row> = {
    'GET procedures': { ...EVERYONE, ask: () => ['GET', '/procedures'] },
    'GET procedures/:id': { ...EVERYONE, ask: () => ['GET', '/procedures/administrative-inspection'] },
    'POST procedures': { ...ADMINISTRATOR, ask: () => ['POST', '/procedures', { file: '{}' }] },
    'GET procedures/:id/recording-list': {
      ...EVERYONE,
      ask: () => ['GET', '/procedures/administrative-inspection/recording-list'],
    },
    // No workbook: allowed to ask, and told so in the answer.
    'POST procedures/:id/recording-list': {
      ...ADMINISTRATOR,
      ask: () => ['POST', '/procedures/administrative-inspection/recording-list', { sheet: 'AAAA' }],
    },
    'GET agency-words': { ...EVERYONE, ask: () => ['GET', '/agency-words'] },
    'PUT agency-words/:id': { ...ADMINISTRATOR, ask: () => ['PUT', `/agency-words/${unit}`, { word: '测监' }] },
    'GET cases/:id/form-templates': {
      ...READING,
      ask: (of) => ['GET', `/cases/${of.caseId}/form-templates?occurrenceId=${of.leadId}&paperId=case-source-form`],
    },
    'GET cases/:id/forms': { ...READING, ask: (of) => ['GET', `/cases/${of.caseId}/forms`] },
    // No template for it: allowed to ask, and told as of what is not there.
    'POST cases/:id/forms': {
      ...IN_CHARGE,
      status: 404,
      ask: (of) => [
        'POST',
        `/cases/${of.caseId}/forms`,
        { occurrenceId: of.leadId, paperId: 'case-source-form', templateId: 'none' },
      ],
    },
    'GET forms/:id': { ...READING, ask: (of) => ['GET', `/forms/${of.formId}`] },
    // Of another revision: allowed to, and told so.
    'PUT forms/:id': {
      ...IN_CHARGE,
      status: 409,
      ask: (of) => ['PUT', `/forms/${of.formId}`, { values: {}, revision: 7 }],
    },
    'POST forms/:id/issue': {
      ...IN_CHARGE,
      status: 409,
      ask: (of) => ['POST', `/forms/${of.formId}/issue`, { revision: 7 }],
    },
    'POST forms/:id/print': { ...IN_CHARGE, status: 202, ask: (of) => ['POST', `/forms/${of.formId}/print`] },
    // A draft has no copy on paper.
    'POST forms/:id/comparisons': {
      ...IN_CHARGE,
      status: 412,
      ask: (of) => ['POST', `/forms/${of.formId}/comparisons`, { assetId: of.assetId }],
    },
    'POST forms/:id/void': {
      ...IN_CHARGE,
      ask: (of) => ['POST', `/forms/${of.formId}/void`, { reason: '填错' }],
    },
    'GET calendar': { ...EVERYONE, ask: () => ['GET', '/calendar'] },
    'GET agency-limits': { ...EVERYONE, ask: () => ['GET', '/agency-limits'] },
    'PUT agency-limits': {
      ...ADMINISTRATOR,
      ask: () => [
        'PUT',
        '/agency-limits',
        {
          ...{ procedureId: 'administrative-penalty-ordinary', limitId: 'hand-in', limit: null },
          reason: '依法',
        },
      ],
    },
    'GET certificates': { ...ADMINISTRATOR, ask: () => ['GET', '/certificates'] },
    'POST certificates': {
      ...ADMINISTRATOR,
      status: 201,
      ask: () => [
        'POST',
        '/certificates',
        {
          ...{ accountId, kind: 'enforcement', number: newId().slice(-12) },
          ...{ validFrom: '2026-01-01', validTo: '2030-12-31' },
        },
      ],
    },
    // Nothing of that id: allowed to ask, and told so.
    'POST certificates/:id/withdrawal': {
      ...ADMINISTRATOR,
      status: 404,
      ask: () => ['POST', `/certificates/${newId()}/withdrawal`, { reason: '离职' }],
    },
    'GET due': { who: OFFICERS, status: 200, others: 'forbidden', ask: () => ['GET', '/due'] },
    'GET late': {
      who: ['supervisor', 'supervisor above', 'supervisor elsewhere'],
      status: 200,
      others: 'forbidden',
      ask: () => ['GET', '/late'],
    },
    'POST cases/:id/statements': {
      ...IN_CHARGE,
      status: 201,
      ask: (of) => ['POST', `/cases/${of.caseId}/statements`, { conditionId: 'hearing-asked', holds: false }],
    },
    'PUT cases/:id/occurrences/:occurrenceId/people': {
      ...IN_CHARGE,
      ask: (of) => ['PUT', `/cases/${of.caseId}/occurrences/${of.occurrenceId}/people`, { people: [] }],
    },
    'POST cases/:id/excuses': {
      ...IN_CHARGE,
      status: 201,
      ask: (of) => [
        'POST',
        `/cases/${of.caseId}/excuses`,
        { occurrenceId: of.occurrenceId, kind: 'emergency', reason: '来不及' },
      ],
    },
    'POST cases/:id/excuses/:excuseId/decision': {
      ...APPROVING,
      ask: (of) => ['POST', `/cases/${of.caseId}/excuses/${of.excuseId}/decision`, { approve: true, reason: '属实' }],
    },
    'POST cases/:id/extensions': {
      ...IN_CHARGE,
      status: 201,
      ask: (of) => [
        'POST',
        `/cases/${of.caseId}/extensions`,
        { limitId: 'lead-check', occurrenceId: of.leadId, reason: '案情复杂' },
      ],
    },
    'POST cases/:id/extensions/:extensionId/decision': {
      ...APPROVING,
      ask: (of) => [
        'POST',
        `/cases/${of.caseId}/extensions/${of.extensionId}/decision`,
        { approve: true, reason: '属实' },
      ],
    },
    // There is no newer version: allowed to ask, and told so.
    'POST cases/:id/procedure': {
      ...IN_CHARGE,
      status: 412,
      ask: (of) => ['POST', `/cases/${of.caseId}/procedure`, { version: 1, reason: '新规' }],
    },
    'GET review-rules': { ...EVERYONE, ask: () => ['GET', '/review-rules'] },
    // Nothing of that version was ever set: allowed to ask, and told so.
    'PUT review-rules': { ...ADMINISTRATOR, status: 409, ask: () => ['PUT', '/review-rules', POLICY] },
    'GET review-staffing': {
      who: ['reviewer', 'supervisor', 'supervisor above', 'supervisor elsewhere', 'administrator'],
      status: 200,
      others: 'forbidden',
      ask: () => ['GET', '/review-staffing'],
    },
    'GET cases/:id/reviews': { ...READING, ask: (of) => ['GET', `/cases/${of.caseId}/reviews`] },
    'POST cases/:id/decision-findings': {
      ...IN_CHARGE,
      status: 201,
      ask: (of) => ['POST', `/cases/${of.caseId}/decision-findings`, { kinds: ['closed'], party: 'person' }],
    },
    'POST cases/:id/reviews': {
      ...IN_CHARGE,
      status: 409,
      ask: (of) => ['POST', `/cases/${of.caseId}/reviews`, { occurrenceId: of.legalReviewId }],
    },
    'GET reviews': {
      who: SIGNED_IN.filter((who) => who !== 'administrator'),
      status: 200,
      others: 'forbidden',
      ask: () => ['GET', '/reviews'],
    },
    'GET reviews/:id': { ...READING, ask: (of) => ['GET', `/reviews/${of.reviewId}`] },
    // Without a certificate: allowed to ask, and told so.
    'POST reviews/:id/take': { ...REVIEWING, ask: (of) => ['POST', `/reviews/${of.reviewId}/take`] },
    'POST reviews/:id/opinions': {
      ...REVIEWING,
      ask: (of) => ['POST', `/reviews/${of.reviewId}/opinions`, { stage: 0, outcome: 'passed', text: '同意' }],
    },
    // Not returned, and not disputed: allowed to ask, and told so.
    'POST reviews/:id/disputes': {
      ...IN_CHARGE,
      status: 412,
      ask: (of) => ['POST', `/reviews/${of.reviewId}/disputes`, { reason: '不同意' }],
    },
    'POST reviews/:id/discussions': {
      ...APPROVING,
      ask: (of) => [
        'POST',
        `/reviews/${of.reviewId}/discussions`,
        {
          ...{ heldOn: '2026-03-02', result: 'passed', text: '同意' },
          participants: [
            { name: '甲', post: '局长' },
            { name: '乙', post: '副局长' },
          ],
        },
      ],
    },
    'GET cases/:id/missing-notes': { ...READING, ask: (of) => ['GET', `/cases/${of.caseId}/missing-notes`] },
    'GET assets/:id/marks': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}/marks`] },
    'POST assets/:id/marks': { ...READING, status: 201, ask: (of) => ['POST', `/assets/${of.assetId}/marks`, MARK] },
    // His own, of a version that is not there: allowed to ask, and told so.
    'PUT assets/:id/marks/:markId': {
      ...IN_CHARGE,
      status: 409,
      ask: (of) => ['PUT', `/assets/${of.assetId}/marks/${of.markId}`, { version: 99, content: null }],
    },
    'POST assets/:id/transcripts': {
      ...READING,
      status: 201,
      ask: (of) => ['POST', `/assets/${of.assetId}/transcripts`, { text: '问：', madeBy: 'hand', maker: '甲' }],
    },
    'GET cases': { ...EVERYONE, ask: () => ['GET', '/cases'] },
    'POST cases': { who: OFFICERS, status: 201, others: 'forbidden', ask: () => ['POST', '/cases', openCase()] },
    'GET cases/:id': { ...READING, ask: (of) => ['GET', `/cases/${of.caseId}`] },
    'PATCH cases/:id': { ...IN_CHARGE, ask: (of) => ['PATCH', `/cases/${of.caseId}`, { title: '案', reason: '更正' }] },
    'GET cases/:id/close': { ...IN_CHARGE, ask: (of) => ['GET', `/cases/${of.caseId}/close`] },
    // Something of it has not arrived: allowed to close it, and told so.
    'POST cases/:id/close': {
      ...IN_CHARGE,
      status: 409,
      ask: (of) => ['POST', `/cases/${of.caseId}/close`, { manner: 'executed', reason: '执行完毕' }],
    },
    'POST cases/:id/checks': {
      ...READING,
      status: 202,
      ask: (of) => ['POST', `/cases/${of.caseId}/checks`, { reason: '开庭出示' }],
    },
    'POST cases/:id/occurrences': {
      ...IN_CHARGE,
      status: 201,
      ask: (of) => ['POST', `/cases/${of.caseId}/occurrences`, { stepId: repeatable }],
    },
    'PATCH cases/:id/occurrences/:occurrenceId': {
      ...IN_CHARGE,
      ask: (of) => ['PATCH', `/cases/${of.caseId}/occurrences/${of.occurrenceId}`, { address: '某路' }],
    },
    'GET cases/:id/replay': { ...READING, ask: (of) => ['GET', `/cases/${of.caseId}/replay`] },
    'GET cases/:id/events': { ...READING, ask: (of) => ['GET', `/cases/${of.caseId}/events`] },
    'POST cases/:id/exports': {
      ...SEEING,
      status: 202,
      ask: (of) => ['POST', `/cases/${of.caseId}/exports`, { reason: '移送法院' }],
    },
    'GET cases/:id/exports': { ...SEEING, ask: (of) => ['GET', `/cases/${of.caseId}/exports`] },
    'GET exports/:id': { ...SEEING, ask: (of) => ['GET', `/exports/${of.exportId}`] },
    // Not ready: allowed to ask, and told so.
    'GET exports/:id/dossier.zip': {
      ...SEEING,
      status: 412,
      ask: (of) => ['GET', `/exports/${of.exportId}/dossier.zip`],
    },
    'GET assets': { ...EVERYONE, ask: () => ['GET', '/assets'] },
    'GET assets/:id': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}`] },
    'PUT assets/:id/link': {
      who: ['in charge', 'archivist'],
      status: 200,
      others: 'not-found',
      ask: (of) => [
        'PUT',
        `/assets/${of.assetId}/link`,
        { caseId: of.caseId, occurrenceId: of.occurrenceId, reason: '核对' },
      ],
    },
    'GET assets/:id/receipt': {
      ...READING,
      allowsStation: true,
      ask: (of) => ['GET', `/assets/${of.assetId}/receipt`],
    },
    'GET assets/:id/events': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}/events`] },
    'GET assets/:id/original': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}/original`] },
    'GET assets/:id/download': { ...SEEING, ask: (of) => ['GET', `/assets/${of.assetId}/download`] },
    'GET assets/:id/renditions/:renditionId/*file': {
      ...READING,
      ask: (of) => ['GET', `/assets/${of.assetId}/renditions/${of.renditionId}/preview.jpg`],
    },
    'GET assets/:id/hls/index.m3u8': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}/hls/index.m3u8`] },
    'GET assets/:id/hls/:segment.ts': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}/hls/0.ts`] },
    'POST assets/:id/proxy': { ...READING, status: 202, ask: (of) => ['POST', `/assets/${of.assetId}/proxy`] },
    'POST assets/:id/views': {
      ...READING,
      status: 204,
      ask: (of) => ['POST', `/assets/${of.assetId}/views`, { ranges: [] }],
    },
    'GET uploads': { ...EVERYONE, ask: () => ['GET', '/uploads'] },
    'GET system': {
      who: ['supervisor', 'supervisor above', 'supervisor elsewhere', 'administrator'],
      status: 200,
      others: 'forbidden',
      ask: () => ['GET', '/system'],
    },
    'GET ledger': {
      who: ['supervisor', 'supervisor above', 'supervisor elsewhere', 'administrator'],
      status: 200,
      others: 'forbidden',
      ask: () => ['GET', '/ledger'],
    },
    'GET findings': {
      who: ['supervisor', 'supervisor above', 'supervisor elsewhere', 'administrator'],
      status: 200,
      others: 'forbidden',
      ask: () => ['GET', '/findings'],
    },
    // Nothing is damaged, and there is no second store: allowed to ask, and told so.
    'POST assets/:id/healings': {
      who: ['supervisor', 'supervisor above', 'administrator'],
      status: 412,
      others: 'not-found',
      ask: (of) => ['POST', `/assets/${of.assetId}/healings`, { reason: '坏块' }],
    },
    'GET recorders': { ...EVERYONE, ask: () => ['GET', '/recorders'] },
    'POST recorders': {
      who: KEEPERS,
      status: 201,
      others: 'forbidden',
      ask: () => [
        'POST',
        '/recorders',
        { kind: 'recorder', unitId: unit, serial: newId().slice(-12), maker: '某厂', model: 'A7' },
      ],
    },
    'GET recorders/:id': {
      ...{ who: [...OF_UNIT, 'reviewer', 'administrator'], status: 200, others: 'not-found' },
      ask: (of) => ['GET', `/recorders/${of.recorderId}`],
    },
    'PATCH recorders/:id': {
      ...KEEPING,
      ask: (of) => ['PATCH', `/recorders/${of.recorderId}`, { model: 'C9', reason: '更正' }],
    },
    // A dock is carried by nobody: allowed to ask, and told so.
    'POST recorders/:id/issues': {
      ...KEEPING,
      status: 409,
      ask: (of) => ['POST', `/recorders/${of.recorderId}/issues`, { accountId }],
    },
    'POST recorders/:id/returns': {
      ...KEEPING,
      status: 412,
      ask: (of) => ['POST', `/recorders/${of.recorderId}/returns`, {}],
    },
    'POST recorders/:id/checks': {
      ...KEEPING,
      ask: (of) => ['POST', `/recorders/${of.recorderId}/checks`, { kind: 'check', passed: true }],
    },
    'POST recorders/:id/clocks': {
      ...KEEPING,
      ask: (of) => [
        'POST',
        `/recorders/${of.recorderId}/clocks`,
        { source: 'read-off', deviceTime: '2026-11-22 08:00:00', wasSet: false },
      ],
    },
    // Names of files say what was filmed: no matter of the administrator.
    'POST recorders/:id/lists': {
      ...{ who: OF_UNIT, status: 201, others: 'not-found' },
      ask: (of) => [
        'POST',
        `/recorders/${of.recorderId}/lists`,
        { fileName: 'a.csv', content: Buffer.from(`name\n${newId()}.mp4\n`).toString('base64') },
      ],
    },
    'GET arrivals': {
      ...{
        who: SIGNED_IN.filter((who) => who !== 'administrator' && who !== 'reviewer'),
        status: 200,
        others: 'forbidden',
      },
      ask: () => ['GET', '/arrivals'],
    },
    'GET name-rules': { ...EVERYONE, ask: () => ['GET', '/name-rules'] },
    'GET unsorted': { ...EVERYONE, ask: () => ['GET', '/unsorted'] },
    // Answered for each asset by itself: not found, where it is not his.
    'POST unsorted/accept': {
      ...EVERYONE,
      ask: (of) => ['POST', '/unsorted/accept', { items: [{ assetId: of.assetId, occurrenceId: of.occurrenceId }] }],
    },
    'POST unsorted/names': {
      who: [...KEEPERS, 'archivist elsewhere', 'supervisor elsewhere'],
      status: 200,
      others: 'forbidden',
      ask: () => ['POST', '/unsorted/names'],
    },
    'GET assets/:id/recording': { ...READING, ask: (of) => ['GET', `/assets/${of.assetId}/recording`] },
    'PUT assets/:id/recorder': {
      who: ['in charge', 'archivist'],
      status: 200,
      others: 'not-found',
      ask: (of) => ['PUT', `/assets/${of.assetId}/recorder`, { officerId: clients['in charge'].session.account.id }],
    },
    // Nothing breaks off in it: allowed to explain, and told so.
    'POST cases/:id/gaps': {
      ...IN_CHARGE,
      status: 409,
      ask: (of) => [
        'POST',
        `/cases/${of.caseId}/gaps`,
        { occurrenceId: of.occurrenceId, afterAssetId: of.assetId, beforeAssetId: of.assetId, text: '更换电池' },
      ],
    },
    'GET session': {
      ...EVERYONE,
      who: [...SIGNED_IN, 'station'],
      allowsOneTimePassword: true,
      allowsStation: true,
      ask: () => ['GET', '/session'],
    },
    // The wrong password on purpose: allowed to ask, and told that it is wrong.
    'POST session/password': {
      ...EVERYONE,
      status: 401,
      allowsOneTimePassword: true,
      ask: () => ['POST', '/session/password', { current: 'not the password', next: 'another password' }],
    },
    'GET accounts': { ...EVERYONE, ask: () => ['GET', '/accounts'] },
    'POST accounts': {
      ...ADMINISTRATOR,
      status: 201,
      ask: () => [
        'POST',
        '/accounts',
        { login: `n${newId().slice(-12)}`, name: '新', roles: ['officer'], unitId: unit },
      ],
    },
    'PATCH accounts/:id': { ...ADMINISTRATOR, ask: () => ['PATCH', `/accounts/${accountId}`, { name: '改名' }] },
    'GET units': { ...EVERYONE, ask: () => ['GET', '/units'] },
    'POST units': { ...ADMINISTRATOR, status: 201, ask: () => ['POST', '/units', { name: '三队', parentId: unit }] },
  };
  /** Open to all, or ending the session it is asked by: tested on their own. */
  const APART = ['POST sessions', 'DELETE session', 'GET ledger/keys'];

  const send = async (
    who: Who,
    [method, path, body]: Request,
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(`${api.url}/api/v1${path}`, {
      method,
      headers: {
        ...(who === 'nobody' ? {} : clients[who].authorization),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  };
  const withoutId = ({ status, body }: { status: number; body: Record<string, unknown> }) => ({
    status,
    body: { ...body, requestId: '' },
  });

  it('every endpoint has its row here', () => {
    const known = endpoints(app.app).map(({ method, path }) => `${method} ${path}`);
    expect([...Object.keys(ROWS), ...APART].sort()).toEqual(known.sort());
  });

  describe.each(Object.entries(ROWS))('%s', (_, row) => {
    it.each(WHO)('%s', async (who) => {
      const answer = await send(who, row.ask(ids));
      if (who === 'nobody') return expect([answer.status, answer.body.code]).toEqual([401, 'not-signed-in']);
      if (who === 'one-time password' && !row.allowsOneTimePassword)
        return expect([answer.status, answer.body.code]).toEqual([403, 'password-must-change']);
      if (who === 'station' && !row.allowsStation)
        return expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
      if (row.who.includes(who) || who === 'one-time password') return expect(answer.status).toBe(row.status);
      expect(answer.body.code).toBe(row.others);
      if (row.others === 'forbidden') return expect(answer.status).toBe(403);
      // Not allowed looks exactly like not existing.
      const none = {
        caseId: newId(),
        occurrenceId: newId(),
        assetId: newId(),
        renditionId: newId(),
        exportId: newId(),
        leadId: newId(),
        excuseId: newId(),
        extensionId: newId(),
        reviewId: newId(),
        legalReviewId: newId(),
        markId: newId(),
        formId: newId(),
        recorderId: newId(),
      };
      expect(withoutId(answer)).toEqual(withoutId(await send(who, row.ask(none))));
      expect(answer.status).toBe(404);
    });
  });

  describe('restricted material', () => {
    it.each([
      ['in charge', 200],
      ['supervisor', 200],
      ['supervisor above', 200],
      ['archivist', 404],
      ['reviewer', 404],
      ['colleague', 404],
      ['administrator', 404],
      ['supervisor elsewhere', 404],
    ] as const)('%s: %i', async (who, status) => {
      const asked = [
        'GET cases/:id',
        'GET cases/:id/replay',
        'GET assets/:id',
        'GET assets/:id/original',
        'GET assets/:id/download',
        'GET assets/:id/events',
        'GET assets/:id/renditions/:renditionId/*file',
        'GET assets/:id/hls/0.ts',
      ];
      for (const key of asked) {
        const request = ROWS[key]?.ask(restricted) ?? ['GET', `/assets/${restricted.assetId}/hls/0.ts`];
        expect([key, (await send(who, request)).status]).toEqual([key, status]);
      }
    });
  });

  it('lists show what may be seen and nothing else', async () => {
    const seen = async (who: Exclude<Who, 'nobody'>, path: string): Promise<string[]> => {
      const { items } = await clients[who].send<{ items: { id: string }[] }>('GET', path);
      return items
        .map(({ id }) => id)
        .filter((id) => [ids.caseId, restricted.caseId, ids.assetId, restricted.assetId].includes(id))
        .sort();
    };
    const cases = [ids.caseId, restricted.caseId].sort();
    const assets = [ids.assetId, restricted.assetId].sort();
    const expected: Record<string, readonly [string[], string[]]> = {
      'in charge': [cases, assets],
      supervisor: [cases, assets],
      'supervisor above': [cases, assets],
      archivist: [[ids.caseId], [ids.assetId]],
      reviewer: [[ids.caseId], [ids.assetId]],
      colleague: [[], []],
      administrator: [[], []],
      'officer elsewhere': [[], []],
      'archivist elsewhere': [[], []],
      'supervisor elsewhere': [[], []],
    };
    for (const who of SIGNED_IN) {
      const got = [
        await seen(who as Exclude<Who, 'nobody'>, '/cases?limit=200'),
        await seen(who as Exclude<Who, 'nobody'>, '/assets?limit=200'),
      ];
      expect([who, ...got]).toEqual([who, ...(expected[who] ?? [])]);
    }
    for (const who of ['colleague', 'administrator', 'supervisor elsewhere'] as const)
      expect((await send(who, ['GET', `/assets?caseId=${ids.caseId}`])).status).toBe(404);
  });

  describe('uploads', () => {
    const create = async (who: Who, metadata: Record<string, string>): Promise<number> => {
      const tus = new TusClient(who === 'nobody' ? { url: api.url, authorization: {} } : clients[who]);
      const pairs = Object.entries(metadata)
        .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
        .join(',');
      return (await tus.create({ 'Upload-Length': '1', ...(pairs ? { 'Upload-Metadata': pairs } : {}) })).status;
    };

    it.each([
      ['in charge', 201, 201],
      ['colleague', 201, 404],
      ['archivist', 201, 201],
      ['supervisor', 403, 404],
      ['reviewer', 403, 404],
      ['administrator', 403, 404],
      ['officer elsewhere', 201, 404],
      ['archivist elsewhere', 201, 404],
      ['one-time password', 403, 403],
      ['station', 201, 404],
      ['nobody', 401, 401],
    ] as const)('%s: of no case %i, for the case %i', async (who, free, forCase) => {
      expect(await create(who, {})).toBe(free);
      expect(await create(who, { caseId: ids.caseId, occurrenceId: ids.occurrenceId })).toBe(forCase);
    });

    it("an upload is its sender's alone, whatever the office", async () => {
      const path = await new TusClient(clients['in charge']).begin(3);
      for (const who of WHO) {
        if (who === 'in charge' || who === 'nobody' || who === 'one-time password') continue;
        const tus = new TusClient(clients[who]);
        const answers = [await tus.head(path), await tus.patch(path, 0, Buffer.from('abc')), await tus.terminate(path)];
        expect([who, ...answers.map(({ status }) => status)]).toEqual([who, 404, 404, 404]);
      }
      expect((await new TusClient(clients['in charge']).patch(path, 0, Buffer.from('abc'))).status).toBe(204);
      await api.archive.work.seal.run(idOf(path));
    });

    it('a station takes the receipts of what it added, and sees nothing of it', async () => {
      const id = await clients.station.upload(randomBytes(10), { filename: 'c.mp4' });
      const ofOther = await clients.colleague.upload(randomBytes(10), { filename: 'd.mp4' });
      const status = async (path: string) => (await send('station', ['GET', path])).status;
      expect(await status(`/assets/${id}/receipt`)).toBe(200);
      expect(await status(`/assets/${ofOther}/receipt`)).toBe(404);
      for (const what of ['', '/original', '/download', '/events', '/marks'])
        expect([what, await status(`/assets/${id}${what}`)]).toEqual([what, 403]);
    });

    it("what an officer handed in stays his to see, and nobody else's of his kind", async () => {
      const id = await clients.colleague.upload(randomBytes(10), { filename: 'b.mp4' });
      const statuses = async (who: Who) => (await send(who, ['GET', `/assets/${id}`])).status;
      expect(
        await Promise.all(
          (['colleague', 'in charge', 'archivist', 'supervisor', 'officer elsewhere', 'administrator'] as const).map(
            statuses,
          ),
        ),
      ).toEqual([200, 404, 200, 200, 404, 404]);
    });
  });

  describe('reads of evidence leave an event', () => {
    const events = async (assetId: string) =>
      (
        await clients['in charge'].send<{
          items: { type: string; actor: string; body: { public: Record<string, unknown> } }[];
        }>('GET', `/assets/${assetId}/events?limit=200`)
      ).items.filter(({ type }) => type.startsWith('asset.view'));

    it('one for each session that looks, whatever it looks at, and one when it ends, with what was seen', async () => {
      const { assetId, renditionId } = await makeCase('normal');
      const supervisor = clients.supervisor;
      const looks = ['original', 'original', 'download', `renditions/${renditionId}/preview.jpg`, 'hls/0.ts'];
      await Promise.all(
        looks.map(async (what) => (await supervisor.raw('GET', `/assets/${assetId}/${what}`)).arrayBuffer()),
      );
      expect((await events(assetId)).map(({ type, actor }) => [type, actor])).toEqual([
        ['asset.viewed', supervisor.session.account.id],
      ]);
      const again = await ApiClient.signIn(api.url, supervisor.session.account.login, 'correct horse battery!');
      await (await again.raw('GET', `/assets/${assetId}/original`, { headers: { Range: 'bytes=0-9' } })).arrayBuffer();
      expect(await events(assetId)).toHaveLength(2);

      await supervisor.send('POST', `/assets/${assetId}/views`, { ranges: [{ startMs: 0, endMs: 4_000 }] });
      await supervisor.send('POST', `/assets/${assetId}/views`, {
        ranges: [
          { startMs: 9_000, endMs: 9_500 },
          { startMs: 3_000, endMs: 5_000 },
        ],
      });
      api.clock.advance(11 * 60_000);
      expect(await api.archive.work.endIdleViewings.run()).toBeGreaterThanOrEqual(2);
      const ended = (await events(assetId)).filter(({ type }) => type === 'asset.view_ended');
      expect(ended.map(({ actor }) => actor)).toEqual([supervisor.session.account.id, supervisor.session.account.id]);
      expect(ended.map(({ body }) => body.public.seen)).toContainEqual([
        { start_ms: 0, end_ms: 5_000 },
        { start_ms: 9_000, end_ms: 9_500 },
      ]);
      expect(await api.archive.work.endIdleViewings.run()).toBe(0);
      // A look after the end is a new viewing.
      await (await supervisor.raw('GET', `/assets/${assetId}/original`)).arrayBuffer();
      expect((await events(assetId)).filter(({ type }) => type === 'asset.viewed')).toHaveLength(3);
    });

    it('facts, lists and thumbnails are no reads', async () => {
      const { assetId, caseId } = await makeCase('normal');
      const thumbnail = await addRendition(assetId, 'thumbnail', 't.jpg', 'image/jpeg', randomBytes(10));
      for (const path of [
        `/assets/${assetId}`,
        '/assets',
        `/cases/${caseId}/replay`,
        `/assets/${assetId}/receipt`,
        `/assets/${assetId}/hls/index.m3u8`,
        `/assets/${assetId}/renditions/${thumbnail}/t.jpg`,
      ])
        expect((await clients.supervisor.raw('GET', path)).status).toBe(200);
      expect(await events(assetId)).toEqual([]);
    });

    it('no event, no byte', async () => {
      const { assetId, renditionId } = await makeCase('normal');
      const looks = ['original', 'download', `renditions/${renditionId}/preview.jpg`, 'hls/0.ts'];
      await asOwner('REVOKE INSERT ON events FROM liuhen_app');
      try {
        for (const what of looks) {
          const response = await clients.supervisor.raw('GET', `/assets/${assetId}/${what}`);
          expect([what, response.status, response.headers.get('content-type')]).toEqual([
            what,
            500,
            'application/problem+json; charset=utf-8',
          ]);
          expect(response.headers.get('content-disposition')).toBeNull();
          expect(JSON.parse(await response.text())).toMatchObject({ code: 'internal' });
        }
      } finally {
        await asOwner('GRANT INSERT ON events TO liuhen_app');
      }
      expect(await events(assetId)).toEqual([]);
      expect((await clients.supervisor.raw('GET', `/assets/${assetId}/original`)).status).toBe(200);
    });
  });
});
