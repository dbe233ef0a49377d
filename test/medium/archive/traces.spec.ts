import { createHash, randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, type ArchiveParts, assembleArchive, type LookFacts } from '#archive';
import { type Actor, EVENT_TYPES, type EventType, type Id, newId, REVIEW_HEADS, utc } from '#domain';
import {
  assetRepository,
  checkpointRepository,
  Database,
  healingRepository,
  logRepository,
  reviewRepository,
  settingsRepository,
  type Tx,
} from '#persistence';
import { type SignerClient, sha256 } from '#signing';
import { formatVerifierKey, parsePolicy, SIGNATURE_TYPE } from '#tlog';
import { RecordAnchoring } from '../../../libs/archive/src/ledger/log/anchoring.js';
import { AskWitnesses } from '../../../libs/archive/src/ledger/log/ask-witnesses.js';
import { Sequencer } from '../../../libs/archive/src/ledger/log/sequencer.js';
import { StampLog } from '../../../libs/archive/src/ledger/log/stamp-log.js';
import { WatchLedger } from '../../../libs/archive/src/ledger/log/watch-ledger.js';
import { testKey } from '../../support/log-crypto.js';
import { keepReviewedProcedure, REVIEWED } from '../../support/reviewed-procedure.js';
import { type RunningArchive, runArchive, SILENT } from '../../support/running-archive.js';
import { settle } from '../../support/settle.js';
import { flipByteOnDisk } from '../../support/storage-root.js';
import { startTimestampAuthority } from '../../support/timestamp-authority.js';
import { storeWith } from './store-with.js';
import { TableDump } from './table-dump.js';
import { aCase, anUpload, aPiece, checked, closableCase, MEBIBYTE, openedCase, received } from './work.js';

/** Thrown in the place of the commit. */
class NotCommitted extends Error {
  readonly types: readonly EventType[];

  constructor(types: readonly EventType[]) {
    super('not committed');
    this.types = types;
  }
}

interface Rehearsed {
  readonly types: readonly EventType[];
  readonly before: Record<string, string>;
  readonly after: Record<string, string>;
}

/** What goes on after a failure in earnest goes on here too, but for the commit that is held back. */
const FAILING = {
  ...SILENT,
  error: (facts: { readonly err?: unknown }) => {
    if (facts.err !== undefined) throw facts.err;
  },
};

/** These need a log that is signed, more than three hundred originals, or a database that was put back. */
const ELSEWHERE: readonly EventType[] = [
  ...(['dossier.packed', 'case.dossier_made', 'case.dossier_read', 'case.export_failed'] as const), // dossier/export.spec.ts
  ...(['case.export_heads', 'case.closing_heads'] as const), // libs/archive/src/export/begin-export.spec.ts
  'ledger.recovered', // threats/ledger-t8-old-backup.spec.ts
];

const LOG_VKEY = formatVerifierKey(testKey('log.example', SIGNATURE_TYPE.ed25519, 1).key);

/** Texts that name someone or something of the case. None may stand in a leaf. */
const SECRETS = [
  '测试人员甲',
  '某某食品有限公司',
  '无照经营案',
  '改过的名称',
  '市监罚〔2026〕保密9号',
  '保密现场.mp4',
  'tester.jia',
  '王局长',
  '更正原因甲',
  '幸福路88号',
  '现场第一段',
  '罚款已由王局长核收',
  '占道堆放货物三处',
  'DSJSECRET01',
  '778899001',
  '镜头被王局长碰坏',
  '王局长要求关机',
];

describe('every change leaves its trace', () => {
  let running: RunningArchive;
  let dump: TableDump;
  let officer: Actor;
  let admin: Actor;
  const seen = new Set<EventType>();

  beforeAll(async () => {
    running = await runArchive({ replica: (dir) => ({ store: { kind: 'filesystem', root: join(dir, 'replica') } }) });
    dump = await TableDump.open(running.ownerUrl);
    officer = await running.person(['officer']);
    admin = await running.person(['administrator']);
  });
  afterAll(async () => {
    await dump.close();
    await checked(running);
  });

  /** Runs a use case up to the commit of the first transaction that writes events, and rolls that one back. */
  async function rehearse(
    work: (archive: Archive, parts: ArchiveParts) => Promise<unknown>,
    other: Partial<ArchiveParts>,
  ): Promise<Rehearsed> {
    const { database } = running.parts;
    let before: Record<string, string> = {};
    const transaction = async <T>(change: (tx: Tx) => Promise<T>): Promise<T> => {
      before = await dump.read();
      return await database.transaction(async (tx) => {
        const [{ last }] = await tx.query('SELECT coalesce(max(position), 0) AS last FROM events');
        const result = await change(tx);
        const rows: { type: EventType }[] = await tx.query(
          'SELECT type FROM events WHERE position > $1 ORDER BY position',
          [last],
        );
        if (rows.length > 0) throw new NotCommitted(rows.map((row) => row.type));
        return result;
      });
    };
    const rehearsal = new Proxy(database, {
      get: (target, name) => {
        if (name === 'transaction') return transaction;
        const found: unknown = Reflect.get(target, name, target);
        return typeof found === 'function' ? found.bind(target) : found;
      },
    });
    const parts: ArchiveParts = { ...running.parts, ...other, database: rehearsal };
    const error = await work(assembleArchive(parts), parts).then(
      () => new Error('no event was written'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof NotCommitted)) throw error;
    return { types: error.types, before, after: await dump.read() };
  }

  /** @param other parts instead of the archive's own */
  async function expectTrace(
    types: readonly EventType[],
    work: (archive: Archive, parts: ArchiveParts) => Promise<unknown>,
    other: Partial<ArchiveParts> = {},
  ): Promise<void> {
    const rehearsed = await rehearse(work, other);
    expect(rehearsed.types).toEqual(types);
    // Neither event nor state, wherever it was written: all of it was in that one transaction.
    expect(rehearsed.after).toEqual(rehearsed.before);
    const parts = { ...running.parts, ...other };
    await work(assembleArchive(parts), parts);
    expect(await dump.read()).not.toEqual(rehearsed.before);
    for (const type of types) seen.add(type);
  }

  const password = 'a long enough password';
  const login = 'tester.jia';

  it('of the log over the events', async () => {
    const log = await Database.connect({ url: running.sequencerUrl, poolSize: 2 });
    const sequencer = new Sequencer({ database: log, log: SILENT });
    while ((await sequencer.step()) !== 0);
    const { size, root } = await logRepository.state(log.reader);
    await checkpointRepository.add(log.reader, { size, root, note: 'log.example\n', signedAt: new Date() });

    const client = { cosign: async () => ({ refused: 422, reason: 'not consistent' }) };
    const refuse = async (witness: string, app: Database): Promise<void> => {
      const witnesses = [{ name: witness, vkey: 'w', client }];
      const policy = parsePolicy(sha256, 'quorum none\n');
      const needs = { ...running.parts, database: log, app, witnesses, policy, log: FAILING };
      const asked = await new AskWitnesses(needs).run();
      expect(asked).toEqual([witness]);
    };
    // Each time another, since a refusal is told once.
    await expectTrace(['ledger.witness_refused'], (_, { database }) => refuse(`w-${newId()}`, database));

    const signer = { state: async () => ({ vkey: LOG_VKEY }) } as unknown as SignerClient;
    await expectTrace(['ledger.anchoring_changed'], (_, parts) =>
      new RecordAnchoring({ ...parts, signer, hasAuthority: true }).run(),
    );

    const memoryPath = join(running.dir, 'ahead.json');
    const edge = [Buffer.alloc(32, 1).toString('base64')];
    await writeFile(memoryPath, JSON.stringify({ size: 2 ** 20, edge, note: null }));
    await expectTrace(['ledger.finding'], async (_, { database }) => {
      await settingsRepository.put(running.parts.database.reader, 'ledger_watch', null);
      await new WatchLedger({ ...running.parts, database: log, app: database, memoryPath, log: FAILING }).run();
    });

    const authority = await startTimestampAuthority({ dir: join(running.dir, 'authority') });
    await expectTrace(['ledger.timestamped'], (_, parts) =>
      new StampLog({ ...parts, authority: { url: authority.url, rootsPem: authority.rootPem } }).run(),
    );
    await authority.stop();
    await sequencer.stop();
    await log.close();
  });

  it('of a case given out', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const target = { caseId, occurrenceId: step('lead') };
    const { assetId } = await received(running, officer, randomBytes(2_000), { target });
    await running.archive.work.seal.run(assetId);
    await expectTrace(['case.exported'], (archive) => archive.exports.begin.run(officer, caseId, '移送法院'));
  });

  it('of people', async () => {
    const { people } = running.archive;
    await expectTrace(['unit.created'], (archive) =>
      archive.people.createUnit.run(admin, { name: '一科', parentId: admin.unitId }),
    );
    const plan = { login, name: '测试人员甲', roles: ['officer'] as const, unitId: admin.unitId, password };
    await expectTrace(['account.created'], (archive) => archive.people.createAccount.run(admin, plan));
    const account = (await people.listAccounts.run(admin)).find((found) => found.login === login);
    await expectTrace(['account.changed'], (archive) =>
      archive.people.changeAccount.run(admin, account?.id ?? '', { name: '王局长' }),
    );
    const dock = { ...plan, login: `${login}-dock`, name: '一号采集站', roles: ['station'] as const, password: null };
    await expectTrace(['account.created', 'account.token_given'], (archive) =>
      archive.people.createAccount.run(admin, dock),
    );
    const signIn = (archive: Archive, given: string) =>
      archive.people.signIn.run({ login, password: given, address: '192.0.2.1' });
    await expectTrace(['account.signed_in'], (archive) => signIn(archive, password));
    const { actor } = await signIn(running.archive, password);
    // Its error is the answer, so the rehearsal is told by hand.
    const wrong = async (archive: Archive): Promise<void> => {
      await signIn(archive, 'wrong').catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'wrong-credentials') throw error;
      });
    };
    await expectTrace(['account.sign_in_failed'], wrong);
    let current = password;
    await expectTrace(['account.password_refused'], async (archive) => {
      await archive.people.changePassword
        .run(actor, { current: 'wrong', next: 'another one' })
        .catch((error: unknown) => {
          if ((error as { code?: string }).code !== 'wrong-credentials') throw error;
        });
    });
    await expectTrace(['account.password_changed'], async (archive) => {
      const next = `${current}!`;
      await archive.people.changePassword.run(actor, { current, next });
      current = next;
    });
    await expectTrace(['account.signed_out'], (archive) => archive.people.signOut.run(actor));
  });

  it('of forms', async () => {
    const { caseId, step } = await openedCase(running, officer);
    const wish = {
      occurrenceId: step('site-inspection'),
      paperId: 'inspection-record',
      templateId: 'inspection-record',
    };
    await expectTrace(['case.form_saved'], (archive) => archive.forms.draft.run(officer, caseId, wish));
    const { forms } = running.archive;
    const id = await forms.draft.run(officer, caseId, wish);
    const { form } = await forms.view.run(officer, id);
    const reader = await running.person(['supervisor']);
    await expectTrace(['case.form_viewed'], (archive) => archive.forms.view.run(reader, id));
    const values = {
      ...{
        ...form.values,
        place: '幸福路88号',
        party: '测试人员甲',
        findings: '占道堆放货物三处',
        began: '2026-11-21T09:00',
      },
      shown: '已出示执法证件并告知权利义务，当事人不申请回避',
    };
    await expectTrace(['case.form_saved'], (archive) => archive.forms.save.run(officer, id, { values, revision: 1 }));
    await expectTrace(['case.form_issued'], (archive) =>
      archive.forms.issue.run(officer, id, { revision: 2, withEnglish: false }),
    );
    const draw = async () => Buffer.from('%PDF-1.7 a form');
    expect(await running.archive.work.printForm.run(id, draw)).toBe('printed');
    await running.parts.database.reader.query(`UPDATE forms SET print_state = 'owed' WHERE id = $1`, [id]);
    await expectTrace(['case.form_printed'], (archive) => archive.work.printForm.run(id, draw));
    const { form: printed } = await forms.view.run(officer, id);
    await expectTrace(['case.form_compared'], (archive) =>
      archive.forms.compare.run(officer, id, {
        assetId: printed.assetId ?? '',
        read: { findings: '占道堆放货物三处' },
      }),
    );
    await expectTrace(['case.form_voided'], (archive) => archive.forms.void.run(officer, id, { reason: '更正原因甲' }));
    await expectTrace(['system.agency_word_set'], (archive) =>
      archive.forms.agencyWords.set(admin, admin.unitId, '测监'),
    );
  });

  it('of cases and what is tied to them', async () => {
    const parties = [
      { kind: 'person' as const, name: '测试人员甲' },
      { kind: 'organisation' as const, name: '某某食品有限公司' },
    ];
    await expectTrace(['case.opened'], (archive) =>
      archive.cases.open.run(officer, aCase({ number: '市监罚〔2026〕保密9号', title: '无照经营案', parties })),
    );
    const { caseId, step } = await openedCase(running, officer);
    const other = await closableCase(running, officer);
    await expectTrace(['case.changed'], (archive) =>
      archive.cases.change.run(officer, caseId, { title: '改过的名称', reason: '更正原因甲', parties }),
    );
    await expectTrace(['case.step_added'], (archive) => archive.cases.addOccurrence.run(officer, caseId, 'interview'));
    await expectTrace(['case.step_changed'], (archive) =>
      archive.cases.changeOccurrence.run(officer, caseId, step('lead'), { state: 'open', address: '幸福路88号' }),
    );

    const { assetId } = await received(running, officer, randomBytes(100), { fileName: '保密现场.mp4' });
    const wish = { caseId, occurrenceId: step('site-inspection'), range: null, purpose: '现场第一段', reason: null };
    await expectTrace(['asset.linked', 'case.asset_linked'], (archive) =>
      archive.assets.link.run(officer, assetId, wish),
    );
    await expectTrace(['asset.linked', 'case.asset_linked', 'case.asset_unlinked'], (archive) =>
      archive.assets.link.run(officer, assetId, {
        ...wish,
        caseId: other.caseId,
        occurrenceId: other.step('interview'),
        reason: '更正原因甲',
      }),
    );
    await running.archive.work.seal.run(assetId);
    const closing = { manner: 'executed' as const, reason: '罚款已由王局长核收', despite: [] };
    await expectTrace(['case.closed'], (archive) => archive.cases.close.run(officer, other.caseId, closing));
    await expectTrace(['case.originals_checked'], (archive) =>
      archive.work.checkCaseOriginals.run(other.caseId, 'close'),
    );
    await expectTrace(['case.check_asked'], (archive) =>
      archive.cases.askOriginalsCheck.run(officer, caseId, { reason: '更正原因甲' }),
    );
    await expectTrace(['case.originals_checked'], (archive) => archive.work.checkCaseOriginals.run(caseId, 'court'));
  });

  it('of what the law asks of a case', async () => {
    const { law } = running.archive;
    const supervisor = await running.person(['supervisor']);
    const { caseId, step } = await openedCase(running, officer);
    const reason = '更正原因甲';
    await expectTrace(['case.condition_stated'], (archive) =>
      archive.law.stateCondition.run(officer, caseId, {
        conditionId: 'hearing-asked',
        occurrenceId: null,
        holds: false,
      }),
    );
    const people = [{ accountId: officer.accountId, role: 'officer' as const }];
    await expectTrace(['case.people_set'], (archive) =>
      archive.law.setPeople.run(officer, caseId, step('site-inspection'), { people, reason }),
    );
    const occurrenceId = step('site-inspection');
    const excuse = { occurrenceId, paperId: null, kind: 'emergency' as const, reason };
    await expectTrace(['case.excuse_asked'], (archive) => archive.law.askExcuse.run(officer, caseId, excuse));
    const excused = await law.askExcuse.run(officer, caseId, excuse);
    await expectTrace(['case.excuse_decided'], (archive) =>
      archive.law.decideExcuse.run(supervisor, caseId, excused, { approve: true, reason }),
    );
    await running.archive.cases.changeOccurrence.run(officer, caseId, step('filing'), { state: 'done' });
    const [clock] = (await running.archive.cases.view.run(officer, caseId)).law.clocks.filter(
      ({ limit }) => limit.extension !== null,
    );
    const more = { limitId: clock?.limit.id ?? '', occurrenceId: clock?.occurrenceId ?? null, reason };
    await running.archive.law.askExtension.run(officer, caseId, more).then(async (id) => {
      await expectTrace(['case.extension_decided'], (archive) =>
        archive.law.decideExtension.run(supervisor, caseId, id, { approve: false, reason }),
      );
    });
    await expectTrace(['case.extension_asked'], (archive) => archive.law.askExtension.run(officer, caseId, more));
    const plan = {
      ...{ accountId: officer.accountId, kind: 'enforcement' as const, number: '市监罚〔2026〕保密9号' },
      ...{ validFrom: '2020-01-01', validTo: '2030-12-31' },
    };
    await expectTrace(['account.certificate_kept'], (archive) => archive.law.keepCertificate.run(admin, plan));
    const [certificate] = await law.listCertificates.run(admin, { accountId: officer.accountId });
    await expectTrace(['account.certificate_withdrawn'], (archive) =>
      archive.law.withdrawCertificate.run(admin, certificate?.id ?? '', { reason }),
    );
  });

  it('of reviews', async () => {
    await keepReviewedProcedure(running);
    const { reviews, law } = running.archive;
    const examiner = await running.person(['reviewer']);
    const head = await running.person(['supervisor']);
    await law.keepCertificate.run(admin, {
      ...{ accountId: examiner.accountId, kind: 'legal-review', number: `法${newId().slice(-12)}` },
      ...{ validFrom: '2020-01-01', validTo: '2035-12-31' },
    });
    const { body, version } = await reviews.viewRules.run().then(({ policy }) => policy);
    await expectTrace(['system.review_policy_set'], (archive) =>
      archive.reviews.setPolicy.run(admin, { body, version, reason: '更正原因甲' }),
    );
    const { caseId, step } = await openedCase(running, officer, REVIEWED);
    const decision = { kinds: ['closed' as const], amountFen: null, party: 'person' as const, effects: [] };
    await expectTrace(['case.decision_judged', 'case.condition_stated'], (archive) =>
      archive.reviews.judge.run(officer, caseId, decision),
    );
    const newest = async (): Promise<Id> =>
      (await reviewRepository.ofCase(running.parts.database.reader, caseId)).at(-1)?.id ?? '';
    const wish = { occurrenceId: step('legal-review'), note: '王局长交办' };
    const paper = ['case.form_saved', 'case.form_issued'] as const;
    await expectTrace(['case.step_changed', 'case.review_submitted', ...paper], (archive) =>
      archive.reviews.submit.run(officer, caseId, wish),
    );
    await expectTrace(['case.review_taken'], async (archive) => archive.reviews.take.run(examiner, await newest()));
    const answers = REVIEW_HEADS.map((of) => ({
      head: of,
      finding: 'flawed' as const,
      ground: '某某食品有限公司未签名',
    }));
    const returned = { stage: 0, outcome: 'returned' as const, answers, text: '更正原因甲', changes: null };
    await expectTrace(['case.review_opinion', 'case.review_ended', 'case.people_set', ...paper], async (archive) =>
      archive.reviews.giveOpinion.run(examiner, await newest(), returned),
    );
    await expectTrace(['case.review_disputed'], async (archive) =>
      archive.reviews.dispute.run(officer, await newest(), '更正原因甲'),
    );
    const discussion = {
      ...{ heldOn: utc(new Date(running.clock.now().getTime() + 8 * 3_600_000)).slice(0, 10), text: '更正原因甲' },
      ...{
        result: 'passed' as const,
        participants: [
          { name: '王局长', post: '局长' },
          { name: '测试人员甲', post: '科长' },
        ],
      },
    };
    await expectTrace(['case.review_discussed', 'case.people_set', 'case.step_changed'], async (archive) =>
      archive.reviews.discuss.run(head, await newest(), discussion),
    );
  });

  it('of marks', async () => {
    const { assetId } = await received(running, officer, randomBytes(100), { fileName: '保密现场.mp4' });
    await settle(running.archive, assetId, 'video');
    const content = {
      ...{ kind: 'note' as const, text: '现场第一段', reason: null },
      place: { range: { startMs: 0, endMs: 1_000 } },
    };
    await expectTrace(['asset.marked'], (archive) => archive.marks.put.run(officer, assetId, content));
    const [mark] = (await running.archive.marks.view.run(officer, assetId)).marks;
    await expectTrace(['asset.marked'], (archive) =>
      archive.marks.revise.run(officer, assetId, mark?.id ?? '', { content: null, version: 1 }),
    );
    const transcript = { text: '现场第一段', textAssetId: null, madeBy: 'hand' as const, maker: '测试人员甲' };
    await expectTrace(['asset.transcribed'], (archive) => archive.marks.transcribe.run(officer, assetId, transcript));
  });

  it('of rules', async () => {
    const inspection = 'administrative-inspection';
    const { caseId } = await openedCase(running, officer, { procedureId: inspection });
    const file = JSON.stringify({
      ...JSON.parse(await readFile(`procedures/${inspection}/1.json`, 'utf8')),
      version: 2,
    });
    await expectTrace(['system.rules_kept'], (archive) =>
      archive.law.takeInProcedure.run(admin, { file, isTrial: false }),
    );
    await expectTrace(['case.procedure_adopted'], (archive) =>
      archive.law.adoptProcedure.run(officer, caseId, { version: 2, reason: '更正原因甲' }),
    );
    const [own] = await running.archive.law.listAgencyLimits.run();
    const wish = { procedureId: own?.procedureId ?? '', limitId: own?.limit.id ?? '', reason: '更正原因甲' };
    await expectTrace(['system.limit_set'], (archive) =>
      archive.law.setAgencyLimit.run(admin, { ...wish, limit: { count: 12, unit: 'hours', lastDayAtRest: 'stays' } }),
    );
    const calendar = join(running.dir, 'calendar.json');
    await writeFile(calendar, `${await readFile('calendars/china.json', 'utf8')}\n`);
    await expectTrace(['system.rules_kept'], (archive) => archive.law.keepCalendar.run(calendar));
  });

  it('of an original on its way', async () => {
    const { uploads } = running.archive;
    const { caseId, step } = await openedCase(running, officer);
    const target = { caseId, occurrenceId: step('interview') };
    const content = randomBytes(MEBIBYTE + 5);
    const plan = anUpload({ lengthBytes: content.length, fileName: '保密现场.mp4', metadata: '保密现场.mp4', target });
    await expectTrace(['asset.begun'], (archive) => archive.uploads.begin.run(officer, plan));

    const whole = await uploads.begin.run(officer, plan);
    await expectTrace(['asset.received', 'asset.linked', 'case.asset_linked'], async (archive) => {
      // The first time ends before the commit; the second finds all bytes recorded.
      const { offsetBytes } = await archive.uploads.status.run(officer, whole.assetId);
      await archive.uploads.write.run(officer, whole.assetId, aPiece(content.subarray(offsetBytes), { offsetBytes }));
    });
    await expectTrace(['asset.sealed'], (archive) => archive.work.seal.run(whole.assetId));

    const given = await uploads.begin.run(officer, plan);
    await expectTrace(['asset.dropped'], (archive) => archive.uploads.drop.run(officer, given.assetId));

    const { assetId } = await received(running, officer, randomBytes(5000));
    const asset = await assetRepository.find(running.parts.database.reader, assetId);
    const path = join(running.dir, 'objects', 'vault', asset?.objectKey ?? '');
    await chmod(path, 0o600);
    await writeFile(path, randomBytes(5000));
    await expectTrace(['asset.quarantined'], (archive) => archive.work.seal.run(assetId));
  });

  it('of uploads the sweep drops', async () => {
    await running.archive.uploads.begin.run(officer, anUpload());
    running.clock.advance(30 * 86_400_000);
    // One that fails does not stop the sweep, so its error does not come out: told by the log of events.
    await running.archive.uploads.sweep.run();
    const rows = await running.parts.database.reader.query(
      `SELECT convert_from(leaf, 'UTF8')::jsonb -> 'public' ->> 'why' AS why FROM events WHERE type = 'asset.dropped'`,
    );
    expect(rows.map((row: { why: string }) => row.why).sort()).toContain('expired');
    expect((await running.archive.uploads.listUnfinished.run(officer)).length).toBe(0);
  });

  it('of looking, and of being looked at', async () => {
    const { assetId } = await received(running, officer, randomBytes(MEBIBYTE));
    const found: LookFacts = {
      kind: 'video',
      mime: 'video/mp4',
      playMode: 'proxy',
      unviewable: null,
      durationMs: 1000,
      pageCount: null,
      deviceTime: null,
      place: null,
      facts: { note: '测试人员甲' },
      renditions: [],
    };
    await expectTrace(['asset.looked'], (archive) => archive.work.look.run(assetId, async () => found));
    await expectTrace(['asset.proxy_made'], (archive) =>
      archive.work.makeProxy.run(assetId, async ({ outputDir }) => {
        await writeFile(join(outputDir, 'proxy.mp4'), 'xx');
        const files = [{ name: 'proxy.mp4', mime: 'video/mp4', sizeBytes: 2 }];
        return { kind: 'proxy', files, tool: 'ffmpeg', version: '5.1', args: [] };
      }),
    );
    await expectTrace(['asset.viewed'], (archive) => archive.assets.openOriginal.run(officer, assetId, 'asset.read'));
    const [rendition] = (await running.archive.assets.view.run(officer, assetId)).renditions;
    const wish = { renditionId: rendition?.id ?? '', file: 'proxy.mp4' };
    const later = { ...officer, sessionId: newId() };
    await expectTrace(['asset.viewed'], (archive) => archive.assets.openRendition.run(later, assetId, wish));
    const download = { ...officer, sessionId: newId() };
    await expectTrace(['asset.viewed'], (archive) =>
      archive.assets.openOriginal.run(download, assetId, 'asset.download'),
    );

    const broken = await received(running, officer, randomBytes(10));
    await expectTrace(['asset.looked'], (archive) => archive.work.look.giveUp(broken.assetId, 'corrupt'));
  });

  it('of recorders, and of what they recorded', async () => {
    const keeper = await running.person(['archivist']);
    const { caseId, step } = await openedCase(running, officer);
    const target = { caseId, occurrenceId: step('site-inspection') };
    const clip = async (local: string, durationMs: number): Promise<Id> => {
      const fileName = `DSJSECRET01_778899001_${local}_0001.mp4`;
      const { assetId } = await received(running, officer, randomBytes(100), { fileName, target });
      await running.archive.work.look.run(assetId, async () => ({
        ...{ kind: 'video', mime: 'video/mp4', playMode: 'native', unviewable: null, durationMs, pageCount: null },
        ...{ deviceTime: null, place: null, facts: {}, renditions: [] },
      }));
      return assetId;
    };
    const first = await clip('20261121080000', 60_000);
    const second = await clip('20261121081000', 60_000);
    seen.add('asset.identified');

    const plan = { kind: 'recorder' as const, unitId: keeper.unitId, serial: 'DSJSECRET01', maker: 'a', model: 'b' };
    await expectTrace(['recorder.added', 'asset.identified', 'asset.identified'], (archive) =>
      archive.recorders.add.run(keeper, plan),
    );
    const { items } = await running.archive.recorders.list.run(keeper);
    const id = items.find(({ recorder }) => recorder.serial === plan.serial)?.recorder.id ?? '';
    const issue = { accountId: officer.accountId, officerNumber: '778899001', at: new Date('2026-11-20T23:00:00Z') };
    running.clock.set(new Date(Math.max(running.clock.now().getTime(), Date.parse('2026-11-23T00:00:00Z'))));
    await expectTrace(['recorder.issued', 'asset.identified', 'asset.identified'], (archive) =>
      archive.recorders.issue.run(keeper, id, issue),
    );
    await expectTrace(['recorder.returned'], (archive) =>
      archive.recorders.takeBack.run(keeper, id, { at: new Date('2026-11-21T12:00:00Z'), note: '镜头被王局长碰坏' }),
    );
    await expectTrace(['recorder.checked'], (archive) =>
      archive.recorders.recordCheck.run(keeper, id, { kind: 'fault', passed: false, findings: '镜头被王局长碰坏' }),
    );
    await expectTrace(['recorder.changed'], (archive) =>
      archive.recorders.change.run(keeper, id, { state: 'in-use', reason: '更正原因甲' }),
    );
    const measuring = {
      ...{ source: 'dock' as const, at: new Date('2026-11-21T10:00:00Z'), deviceTime: '2026-11-21 18:00:05' },
      ...{ reference: null, wasSet: false },
    };
    await expectTrace(['recorder.clock_measured', 'asset.clock_corrected', 'asset.clock_corrected'], (archive) =>
      archive.recorders.measureClock.run(keeper, id, measuring),
    );
    const list = { fileName: '保密现场.mp4.csv', body: Buffer.from('文件名\n保密现场.mp4\n') };
    await expectTrace(['recorder.list_imported'], (archive) => archive.recorders.importList.run(keeper, id, list));
    const said = { recorderId: id, officerId: officer.accountId };
    await expectTrace(['asset.identified'], (archive) => archive.sorting.state.run(officer, first, said));
    const wish = { occurrenceId: target.occurrenceId, afterAssetId: first, beforeAssetId: second };
    await expectTrace(['case.gap_explained'], (archive) =>
      archive.cases.explainGap.run(officer, caseId, { ...wish, text: '王局长要求关机' }),
    );
    const unsorted = await received(running, officer, randomBytes(100), {
      fileName: 'DSJSECRET01_778899001_20261121080500_0002.mp4',
    });
    const began = { state: 'open' as const, startedAt: new Date('2026-11-21T00:00:00Z') };
    await running.archive.cases.changeOccurrence.run(officer, caseId, target.occurrenceId, began);
    await expectTrace(['asset.linked', 'case.asset_linked'], async (archive) => {
      const accepted = { assetId: unsorted.assetId, occurrenceId: target.occurrenceId };
      const [result] = await archive.sorting.accept.run(officer, [accepted]);
      if (result?.error) throw result.error;
    });
  });

  it('of viewings that end', async () => {
    running.clock.advance(11 * 60_000);
    expect(await running.archive.work.endIdleViewings.run()).toBe(3);
    const rows = await running.parts.database.reader.query(
      `SELECT (SELECT count(*)::int FROM viewings WHERE ended_at IS NOT NULL) AS ended,
         (SELECT count(*)::int FROM events WHERE type = 'asset.view_ended') AS told`,
    );
    expect(rows).toEqual([{ ended: 3, told: 3 }]);
    seen.add('asset.view_ended');
  });

  it('of the watch over what is stored', async () => {
    const { assetId } = await received(running, officer, randomBytes(2_000));
    await running.archive.work.seal.run(assetId);
    const { asset } = await running.archive.assets.view.run(officer, assetId);
    const path = join(running.dir, 'objects', 'vault', asset.objectKey ?? '');
    const look = (archive: Archive) => archive.work.checkAsset.run(assetId, { cause: 'scrub' });
    await flipByteOnDisk(path, 0);
    await expectTrace(['asset.checked'], look);
    await flipByteOnDisk(path, 0);
    await expectTrace(['asset.checked'], look);

    await running.archive.work.sweepWatch.run();
    running.clock.advance(25 * 3_600_000);
    await expectTrace(['system.scrubbed'], (archive) => archive.work.sweepWatch.run());
    const attempts = {
      lock: 'held',
      'delete-version': 'held',
      'delete-batch': 'held',
      shorten: 'held',
      downgrade: 'held',
      overwrite: 'held',
    } as const;
    const store = storeWith(running.parts.store, { testLock: async () => ({ isHeld: true, attempts }) });
    await expectTrace(['system.lock_tested'], (archive) => archive.system.lockProof.run(), { store });
  });

  it('of the copy in the second store, and of healing', async () => {
    const { assetId } = await received(running, officer, randomBytes(2_000));
    await running.archive.work.seal.run(assetId);
    const { asset } = await running.archive.assets.view.run(officer, assetId);
    const path = (folder: string) => join(running.dir, folder, 'vault', asset.objectKey ?? '');
    await expectTrace(['asset.replicated'], (archive) => archive.work.replicate.run(assetId));

    const wish = { copy: 'original', reason: '更正原因甲' } as const;
    const ask = (archive: Archive) => archive.system.askHealing.run(admin, assetId, wish);
    const newest = async (): Promise<Id> => {
      const [healing] = await healingRepository.newestOf(running.parts.database.reader, [assetId]);
      return healing?.id ?? '';
    };
    await flipByteOnDisk(path('objects'), 0);
    await running.archive.work.checkAsset.run(assetId, { cause: 'scrub' });
    await rename(path('replica'), `${path('replica')}.away`);
    await running.archive.work.checkAsset.run(assetId, { cause: 'scrub', copy: 'replica' });
    await expectTrace(['asset.healing_asked'], ask);
    const refused = await newest();
    await healingRepository.begins(running.parts.database.reader, refused);
    await expectTrace(['asset.healing_refused'], (archive) => archive.work.heal.run(refused));
    await rename(`${path('replica')}.away`, path('replica'));
    await running.archive.work.checkAsset.run(assetId, { cause: 'scrub', copy: 'replica' });
    const { id: healing } = await ask(running.archive);
    // That it has begun is progress, and no change of state.
    await healingRepository.begins(running.parts.database.reader, healing);
    await expectTrace(['asset.healed', 'asset.checked'], (archive) => archive.work.heal.run(healing));
  });

  it('and no type of event is without a use case', () => {
    expect([...seen, ...ELSEWHERE].sort()).toEqual([...EVENT_TYPES].sort());
  });

  describe('and names nobody', () => {
    const leaves = async (): Promise<{ id: Id; text: string }[]> =>
      await running.parts.database.reader.query(`SELECT id, convert_from(leaf, 'UTF8') AS text FROM events`);

    it.each(SECRETS)('%s stands in no leaf, and is opened by its commitment', async (secret) => {
      const found = (await leaves()).filter(({ text }) => text.includes(secret) || text.includes(encoded(secret)));
      expect(found).toEqual([]);
      const rows = await running.parts.database.reader.query(
        'SELECT count(*)::int AS n FROM event_disclosures WHERE value::text LIKE $1',
        [`%${secret}%`],
      );
      // Kept apart, where it can be forgotten.
      expect(rows[0].n).toBeGreaterThan(0);
    });

    it('not even as an unsalted digest', async () => {
      const all = (await leaves()).map(({ text }) => text).join('\n');
      for (const secret of SECRETS) {
        for (const form of [secret, JSON.stringify(secret)]) {
          expect(all).not.toContain(createHash('sha256').update(form).digest('hex'));
        }
      }
    });
  });
});

/** As JSON may write it. */
function encoded(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
