import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Actor, Id } from '#domain';
import { bagInside, openZip, verifyDossier } from '#dossier';
import type { StoredObject } from '#object-store';
import { type AssetRecord, ledgerRepository } from '#persistence';
import { verifyEd25519 } from '#signing';
import { parsePolicy } from '#tlog';
import { sha256 } from '../../../libs/archive/src/ledger/canonical.js';
import { hashes } from '../../support/dossier-draft.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { type RunningArchive, runArchive } from '../../support/running-archive.js';
import { freshS3Config, type SharedS3, sharedS3, type WholeS3Config } from '../../support/s3-server.js';
import { makeDossier, outsidePolicy } from '../../support/sample-dossier.js';
import { flipByteInCeph, flipByteOnDisk } from '../../support/storage-root.js';
import { checked, MEBIBYTE, openedCase } from '../archive/work.js';
import { rawClient } from '../object-store/raw-client.js';
import { folderReplica, healed, look, pathOf, replicaOf, replicatedOriginal, saidOf } from './replica-work.js';

const SIZE = 9 * MEBIBYTE + 11;

describe('healing, on S3 with Object Lock', () => {
  let server: SharedS3;
  beforeAll(async () => {
    server = await sharedS3();
  });
  afterAll(() => server.release());

  const viewed = async (running: RunningArchive, actor: Actor, id: Id): Promise<AssetRecord> =>
    (await running.archive.assets.view.run(actor, id)).asset;
  const objectOf = (asset: AssetRecord): StoredObject => ({
    ...{ area: 'vault', key: asset.objectKey ?? '', versionId: asset.objectVersion },
    sizeBytes: asset.sizeBytes ?? 0,
  });

  describe('originals there, their copies in a folder', () => {
    let running: LoggedArchive;
    let config: WholeS3Config;
    let officer: Actor;
    let supervisor: Actor;

    beforeAll(async () => {
      config = freshS3Config(server);
      const store = () => ({ kind: 's3' as const, ...config });
      running = await runLoggedArchive({ store, replica: folderReplica, quorum: 1 });
      officer = await running.person(['officer']);
      supervisor = await running.person(['supervisor']);
    });
    afterAll(async () => {
      expect((await running.archive.system.check.run()).findings).toEqual([]);
      await running.stop();
    });

    const exported = async (caseId: Id): Promise<Id> => {
      const id = await running.archive.exports.begin.run(officer, caseId, '移送');
      expect(await makeDossier(running, id)).toBe('ready');
      return id;
    };
    /** What whoever has the dossier finds wrong with it. */
    const failuresOf = async (id: Id): Promise<string[]> => {
      const opened = await running.archive.exports.open.run(officer, id);
      const zip = await buffer(await opened.open(null, new AbortController().signal));
      const read = async (at: number, length: number) => zip.subarray(at, at + length);
      const trust = parsePolicy(sha256, await outsidePolicy(running));
      const bag = await bagInside(await openZip({ sizeBytes: zip.length, read }));
      const { items } = await verifyDossier(bag, { hashes, verifyEd25519, trust });
      return items.flatMap(({ kind, findings }) =>
        findings.flatMap(({ verdict, reason }) => (verdict === 'FAIL' ? [`${kind} ${reason}`] : [])),
      );
    };

    it('a flipped byte: the good bytes are a new version, locked and read back; the damaged one stays', async () => {
      const content = randomBytes(SIZE);
      const before = await replicatedOriginal(running, officer, content);
      const file = await openedCase(running, officer);
      const target = {
        caseId: file.caseId,
        occurrenceId: file.step('filing'),
        range: null,
        purpose: null,
        reason: null,
      };
      await running.archive.assets.link.run(officer, before.id, target);
      const earlier = await exported(file.caseId);
      await flipByteInCeph(server, before.id, 5);
      expect(await look(running, before.id)).toMatchObject({ result: 'altered' });
      await running.settle();
      expect(await healed(running, supervisor, before.id)).toBe('healed');

      const after = await viewed(running, officer, before.id);
      expect(after.objectKey).toBe(before.objectKey);
      expect(after.objectVersion).not.toBe(before.objectVersion);
      expect(after).toMatchObject({ lockMode: 'COMPLIANCE', sha256: before.sha256 });
      const held = await rawClient(config).getObjectRetention(config.buckets.vault, after.objectKey ?? '', {
        versionId: after.objectVersion ?? '',
      });
      expect(held?.mode).toBe('COMPLIANCE');
      expect(new Date(held?.retainUntilDate ?? 0).getTime()).toBe(after.retainUntil?.getTime());
      expect(after.retainUntil?.getTime()).toBeGreaterThanOrEqual(before.retainUntil?.getTime() ?? Number.NaN);

      const { store } = running.parts;
      const versions = await store.listVersions('vault', after.objectKey ?? '');
      expect(versions.map(({ versionId }) => versionId)).toEqual([after.objectVersion, before.objectVersion]);
      const damaged = await buffer(await store.read(objectOf(before)));
      expect(damaged.equals(content)).toBe(false);
      expect((await store.retention(objectOf(before))).mode).toBe('COMPLIANCE');
      expect(await saidOf(running, before.id, 'asset.healed')).toMatchObject([
        {
          ...{ former_version: before.objectVersion, object_version: after.objectVersion, set_aside: [] },
          ...{ from: 'replica', lock: 'COMPLIANCE', retain_until: after.retainUntil?.toISOString() },
        },
      ]);

      // The version beside it is explained, and still told of.
      expect(await look(running, before.id)).toEqual({ result: 'intact', also: [], facts: { formerVersions: 1 } });
      const opened = await running.archive.assets.openOriginal.run(officer, before.id, 'asset.read');
      expect((await buffer(await opened.open(null, new AbortController().signal))).equals(content)).toBe(true);
      expect(await failuresOf(await exported(file.caseId))).toEqual([]);
      // One made before the damage is still given out whole.
      expect(await failuresOf(earlier)).toEqual([]);
    });

    it('what somebody else wrote over it is no part of the healing, and stays a finding', async () => {
      const asset = await replicatedOriginal(running, officer, SIZE);
      await flipByteInCeph(server, asset.id, 5);
      const client = rawClient(config);
      const forged = await client.putObject(config.buckets.vault, asset.objectKey ?? '', Buffer.from('a forgery'));
      expect(await look(running, asset.id)).toMatchObject({ result: 'altered', also: ['extra-version'] });
      expect(await healed(running, supervisor, asset.id)).toBe('healed');
      const facts = { extraVersions: 1, deleteMarkers: 0, formerVersions: 1 };
      expect(await look(running, asset.id)).toEqual({ result: 'extra-version', also: [], facts });
      expect((await saidOf(running, asset.id, 'asset.checked')).at(-1)).toMatchObject({
        result: 'extra-version',
        was: 'altered',
      });
      await client.removeObject(config.buckets.vault, asset.objectKey ?? '', { versionId: forged.versionId ?? '' });
      await look(running, asset.id);
    });
  });

  describe('copies there, in a bucket and under keys of their own', () => {
    let running: RunningArchive;
    let officer: Actor;
    let supervisor: Actor;

    beforeAll(async () => {
      const { buckets, ...config } = freshS3Config(server);
      running = await runArchive({
        replica: () => ({ store: { kind: 's3', ...config, buckets: { vault: buckets.vault } } }),
      });
      officer = await running.person(['officer']);
      supervisor = await running.person(['supervisor']);
    });
    afterAll(() => checked(running));

    it('are locked, after the store has proved its locks', async () => {
      const content = randomBytes(SIZE);
      const asset = await replicatedOriginal(running, officer, content);
      const [told] = await saidOf(running, asset.id, 'asset.replicated');
      expect(told).toMatchObject({ store_kind: 's3', lock: 'COMPLIANCE', object_key: asset.objectKey });
      expect(told?.store).toMatch(/^127\.0\.0\.1:\d+\/t-[0-9a-f]+-vault$/);
      const row = await replicaOf(running, asset.id);
      const opened = await running.parts.replica?.open();
      const object: StoredObject = {
        ...{ area: 'vault', key: row?.objectKey ?? '', versionId: row?.objectVersion ?? null },
        sizeBytes: SIZE,
      };
      const held = await opened?.store.retention(object);
      expect(held).toEqual({ mode: 'COMPLIANCE', until: row?.retainUntil });
      expect(held?.until?.toISOString()).toBe(told?.retain_until);
      const test = await ledgerRepository.last(running.parts.database.reader, 'system', 'system.lock_tested');
      expect(JSON.parse(test?.leaf.toString() ?? '').public).toMatchObject({ copy: 'replica', held: true });
      const { replica } = await running.archive.system.describe.run(supervisor);
      expect(replica).toMatchObject({ kind: 's3', locked: true, problem: null, lockTest: { isHeld: true } });
    });

    it('heal an original in a folder, and are healed from it', async () => {
      const content = randomBytes(SIZE);
      const asset = await replicatedOriginal(running, officer, content);
      await flipByteOnDisk(pathOf(running, asset), 4_000_000);
      await look(running, asset.id);
      expect(await healed(running, supervisor, asset.id)).toBe('healed');
      expect((await readFile(pathOf(running, asset))).equals(content)).toBe(true);

      const before = await replicaOf(running, asset.id);
      await flipByteInCeph(server, asset.id, 7);
      expect(await look(running, asset.id, 'replica')).toMatchObject({
        result: 'altered',
        facts: { firstBadBlock: 0 },
      });
      expect(await healed(running, supervisor, asset.id, 'replica')).toBe('healed');
      const after = await replicaOf(running, asset.id);
      expect(after?.objectVersion).not.toBe(before?.objectVersion);
      expect(after).toMatchObject({ lockMode: 'COMPLIANCE', objectKey: before?.objectKey });
      expect(await look(running, asset.id, 'replica')).toMatchObject({
        result: 'intact',
        facts: { formerVersions: 1 },
      });
    });
  });

  describe('on a server without locks', () => {
    let running: RunningArchive;
    let config: WholeS3Config;

    beforeAll(async () => {
      config = freshS3Config(server, { allowUnlocked: true });
      const client = rawClient(config);
      await client.makeBucket(config.buckets.vault, config.region);
      await client.setBucketVersioning(config.buckets.vault, { Status: 'Enabled' });
      const settings = { unlockedVaultAllowed: true };
      running = await runArchive({ store: () => ({ kind: 's3', ...config }), settings, replica: folderReplica });
    });
    afterAll(() => checked(running));

    it('an original whose version is gone', async () => {
      const client = rawClient(config);
      const [officer, supervisor] = [await running.person(['officer']), await running.person(['supervisor'])];
      const content = randomBytes(1_000);
      const before = await replicatedOriginal(running, officer, content);
      const versionId = before.objectVersion ?? '';
      await client.removeObject(config.buckets.vault, before.objectKey ?? '', { versionId });
      expect(await look(running, before.id)).toMatchObject({ result: 'missing' });
      expect(await healed(running, supervisor, before.id)).toBe('healed');
      const after = await viewed(running, officer, before.id);
      expect((await buffer(await running.parts.store.read(objectOf(after)))).equals(content)).toBe(true);
      expect(await look(running, before.id)).toMatchObject({ result: 'intact' });
      expect((await readFile(join(running.dir, 'replica', 'vault', after.objectKey ?? ''))).equals(content)).toBe(true);
    });
  });
});
