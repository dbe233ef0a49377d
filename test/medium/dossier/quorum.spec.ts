import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DossierReport, PART } from '#dossier';
import { checkpointRepository, ledgerRepository, logRepository } from '#persistence';
import { formatPolicy, type Policy } from '#tlog';
import { anchoredCheckpoint, trustPolicy } from '../../../libs/archive/src/ledger/log/anchoring.js';
import { type Altered, readDossier } from '../../support/attacks/alter-dossier.js';
import { rebag } from '../../support/dossier-draft.js';
import { firstVerifier } from '../../support/first-verifier.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { aSealedCase, makeDossier, takeDossier, unpackDossier } from '../../support/sample-dossier.js';
import { secondVerifier, writeFolder } from '../../support/second-verifier.js';

/** Two of three witnesses make a checkpoint anchored; the third is down from the beginning. */
describe('a quorum of two out of three witnesses', () => {
  let running: LoggedArchive;
  let dir: string;
  let policy: Policy;
  let policyPath: string;
  let dossier: Altered;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'liuhen-quorum-'));
    running = await runLoggedArchive({ witnesses: 3, quorum: 2 });
    policy = trustPolicy(running.parts.settings.witnessPolicy, (await running.signer.client.state()).vkey);
    policyPath = join(dir, 'trust.policy');
    await writeFile(policyPath, formatPolicy(policy));
    await running.allWitnesses[2]?.child.kill();
  });
  afterAll(async () => {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const anchored = (atLeast = 0) => anchoredCheckpoint(running.logDatabase.reader, policy, atLeast);

  async function bothOf(path: string, pinned: boolean): Promise<{ first: DossierReport; checkpoint: string[] }> {
    const pins = { policy: pinned ? await readFile(policyPath, 'utf8') : null, roots: [] };
    const first = await firstVerifier(path, pins);
    if (typeof first === 'string') throw new Error(first);
    const second = await secondVerifier('check', path, ...(pinned ? ['--policy', policyPath] : []));
    const steps = second.report.items.filter(({ step, item }) => step === 3 && item === 'checkpoint');
    return { first, checkpoint: steps.map(({ result }) => result) };
  }

  const ofCheckpoint = ({ items }: DossierReport): string[] =>
    items
      .filter(({ kind }) => kind === 'checkpoint')
      .flatMap(({ verdict, findings }) => [verdict, ...findings.map(({ reason }) => reason)]);

  it('anchors what two have cosigned, and nothing before', async () => {
    await running.settle();
    expect(await anchored()).toBeNull();
    expect((await logRepository.state(running.logDatabase.reader)).anchoredAt).toBeNull();
    expect(await running.witnesses.run()).toEqual([]);
    const { size, anchoredSize } = await logRepository.state(running.logDatabase.reader);
    expect([(await anchored())?.size, anchoredSize]).toEqual([size, size]);
  });

  it('is in the dossier, and a dossier passes with it in both verifiers', async () => {
    const { officer, caseId } = await aSealedCase(running, [{ fileName: '现场.mp4', bytes: Buffer.from('现场') }]);
    const id = await running.archive.exports.begin.run(officer, caseId, '移送法院');
    expect(await makeDossier(running, id)).toBe('ready');
    const [zip, folder] = [join(dir, 'dossier.zip'), join(dir, 'dossier')];
    await takeDossier(running, officer, id, zip);
    await unpackDossier(zip, folder);
    dossier = await readDossier(folder, id);
    const carried = Buffer.from(dossier.files.get(PART.policy) ?? []).toString();
    expect(carried).toBe(formatPolicy(policy));
    expect(carried).toContain('group witnesses 2 w1 w2 w3\nquorum witnesses\n');
    const { first, checkpoint } = await bothOf(zip, true);
    expect(first.cosignedBy.map(({ witness }) => witness)).toEqual(
      policy.witnesses.filter(({ name }) => name !== 'w3').map(({ key }) => key.name),
    );
    expect([ofCheckpoint(first), checkpoint]).toEqual([['PASS'], ['PASS']]);
  });

  it.each([true, false])(
    'is not met any more without one of the two cosignatures (policy pinned: %s)',
    async (pinned) => {
      const note = Buffer.from(dossier.files.get(PART.checkpoint) ?? []).toString();
      const lines = note.split('\n').filter((line) => !line.includes('witness.example/w2 '));
      expect(lines).toHaveLength(note.split('\n').length - 1);
      const stripped = new Map([...dossier.files]).set(PART.checkpoint, Buffer.from(lines.join('\n')));
      const folder = join(dir, `stripped-${pinned}`);
      const files = [...rebag(stripped, dossier.dossierId)].map(([path, bytes]) => [path, Buffer.from(bytes)] as const);
      await writeFolder(folder, new Map(files));
      const { first, checkpoint } = await bothOf(folder, pinned);
      expect(first.verdict).toBe('FAIL');
      expect([ofCheckpoint(first), checkpoint]).toEqual([['FAIL', 'quorum-not-met'], ['FAIL']]);
    },
  );

  it('is told to whoever watches: how many it takes, who has signed what, and since when', async () => {
    const supervisor = await running.person(['supervisor']);
    expect(await running.archive.ledger.describe.run(supervisor)).toMatchObject({ quorum: null, hasAuthority: null });
    expect(await running.anchoring.run()).toBe(true);
    const { size } = (await checkpointRepository.newest(running.logDatabase.reader)) ?? { size: 0 };
    expect(await running.archive.ledger.describe.run(supervisor)).toMatchObject({
      quorum: { needed: 2, of: 3, rule: 'group witnesses 2 w1 w2 w3\nquorum witnesses' },
      anchored: { size },
      hasAuthority: false,
      witnesses: [
        { name: 'w1', size },
        { name: 'w2', size },
        { name: 'w3', size: 0 },
      ],
    });
    const event = await ledgerRepository.last(running.parts.database.reader, 'system', 'ledger.anchoring_changed');
    expect(JSON.parse(event?.leaf.toString() ?? '').public).toEqual({
      ...{ policy: formatPolicy(policy), needed: 2, of: 3, time_stamps: false },
    });
  });

  it('is not met by one witness alone: the log goes on, its anchor stays, and no dossier is made over it', async () => {
    await running.allWitnesses[1]?.child.kill();
    const before = await anchored();
    await running.settle();
    await running.witnesses.run();
    const { size, anchoredSize } = await logRepository.state(running.logDatabase.reader);
    expect(size).toBeGreaterThan(before?.size ?? 0);
    expect([(await anchored())?.size, anchoredSize]).toEqual([before?.size, before?.size]);
    expect(await anchored(size)).toBeNull();
  });

  it('is not met by a cosignature that somebody wrote into the database', async () => {
    const { size } = (await checkpointRepository.newest(running.logDatabase.reader)) ?? { size: 0 };
    const [known] = await checkpointRepository.cosignatures(running.logDatabase.reader, size);
    const old = await checkpointRepository.cosignatures(running.logDatabase.reader, (await anchored())?.size ?? 0);
    expect(known?.witness).toBe('w1');
    const line = old.find(({ witness }) => witness === 'w2')?.line ?? '';
    const cosignedAt = new Date();
    await checkpointRepository.addCosignature(running.logDatabase.reader, { size, witness: 'w2', line, cosignedAt });
    expect(await anchored(size)).toBeNull();
  });
});
