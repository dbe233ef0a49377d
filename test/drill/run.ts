// `npm run drill`: plays the attacks on small archives made for it, and says who noticed, when, in what words.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FreezeReason, LedgerWatchState } from '#archive';
import { type Chain, newId } from '#domain';
import { verifyDossier } from '#dossier';
import { checkpointRepository, logRepository, settingsRepository } from '#persistence';
import { parsePolicy } from '#tlog';
import { FREEZE_WORDS } from '../../apps/cli/src/commands/operate/ledger-words.js';
import { appendEvents, bySystem } from '../../libs/archive/src/ledger/append-events.js';
import { received } from '../medium/archive/work.js';
import { readDossier } from '../support/attacks/alter-dossier.js';
import { bagOf, type Content, nodeChecks, rebag } from '../support/dossier-draft.js';
import { sha256 } from '../support/log-crypto.js';
import { type LoggedArchive, runLoggedArchive } from '../support/logged-archive.js';
import { freshDatabase } from '../support/postgres.js';
import { makeSampleDossier } from '../support/sample-dossier.js';
import { ATTACKS, type Attack, DOSSIER_ATTACKS, type DossierAttack, type Target } from './attacks.js';

/** Who may notice. */
type Guard = 'signer' | 'watch' | 'witness' | 'check' | 'verifier';
const GUARDS: Record<Guard, string> = {
  signer: '签名进程 signer',
  watch: '日志巡检 watch',
  witness: '见证方 witness',
  check: '全面核验 check',
  verifier: '离线核验 verify',
};

interface Notice {
  readonly by: Guard;
  readonly afterMs: number;
  readonly words: string;
}

/** Longer than the slowest of those that look by themselves. */
const PATIENCE_MS = 20_000;
const AFTER_FIRST_MS = 7_000;

const server = await freshDatabase();
let unnoticed = 0;
for (const attack of ATTACKS) {
  const { notices, healed } = await play(attack);
  say(attack, notices);
  if (healed !== null) console.log(`    ↺ ${healed}`);
}
for (const { attack, notices } of await playOnDossier()) say(attack, notices);
await server.drop();
const count = ATTACKS.length + DOSSIER_ATTACKS.length;
console.log(`\n${count} 次攻击，${unnoticed} 次未被察觉  ${count} attacks, ${unnoticed} unnoticed`);
process.exit(unnoticed === 0 ? 0 : 1);

function say(attack: { readonly zh: string; readonly en: string }, notices: readonly Notice[]): void {
  if (notices.length === 0) unnoticed += 1;
  console.log(`\n${notices.length === 0 ? '✗' : '✓'} ${attack.zh}  ${attack.en}`);
  for (const { by, afterMs, words } of notices)
    console.log(`    ${GUARDS[by]}  ${(afterMs / 1_000).toFixed(1)} s  ${words}`);
  if (notices.length === 0) console.log('    无人察觉 NOBODY NOTICED');
}
/** As a court has it: the dossier, and keys pinned from elsewhere. A whole one must pass, or nothing is shown by this. */
async function playOnDossier(): Promise<{ attack: DossierAttack; notices: Notice[] }[]> {
  const dir = await mkdtemp(join(tmpdir(), 'liuhen-drill-'));
  try {
    const { folder, dossierId, policyPath, rootsPath } = await makeSampleDossier(join(dir, 'sample'));
    const whole = await readDossier(folder, dossierId);
    const [policy, roots] = await Promise.all([readFile(policyPath, 'utf8'), readFile(rootsPath, 'utf8')]);
    const check = { ...nodeChecks, trust: parsePolicy(sha256, policy), timestampRoots: [roots] };
    const failures = async (files: Content): Promise<string[]> =>
      (await verifyDossier(bagOf(files, 1_048_576), check)).items.flatMap(({ kind, findings }) =>
        findings.flatMap(({ verdict, reason, detail }) => (verdict === 'FAIL' ? [`${kind}: ${reason} ${detail}`] : [])),
      );
    const before = [await failures(whole.files), await failures(rebag(whole.files, dossierId))].flat();
    if (before.length > 0) throw new Error(`the dossier is not good before it is attacked: ${before.join('; ')}`);
    return await Promise.all(
      DOSSIER_ATTACKS.map(async (attack) => {
        const began = Date.now();
        const [words] = await failures(attack.play(whole));
        const afterMs = Date.now() - began;
        return { attack, notices: words === undefined ? [] : [{ by: 'verifier' as const, afterMs, words }] };
      }),
    );
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function play(attack: Attack): Promise<{ notices: Notice[]; healed: string | null }> {
  const running = await runLoggedArchive({
    replica: (dir) => ({ store: { kind: 'filesystem', root: join(dir, 'replica') } }),
  });
  const keeper = running.keep({ vaultMs: 1_000 });
  try {
    const target = await prepare(running);
    const act = await attack.play(target);
    const began = Date.now();
    await act();
    const notices = await untilNoticed(target, began);
    return { notices, healed: attack.isHealed ? await heal(target) : null };
  } finally {
    await keeper.stop();
    await running.stop();
  }
}

/** What a supervisor does once he knows what happened. */
async function heal({ running, asset }: Target): Promise<string> {
  const { system, work } = running.archive;
  const supervisor = await running.person(['supervisor']);
  const wish = { copy: 'original', reason: '演练' } as const;
  const { id } = await system.askHealing.run(supervisor, asset.id, wish);
  const result = await work.heal.run(id);
  const { findings } = await system.check.run();
  if (result !== 'healed' || findings.length > 0) throw new Error(`not healed: ${result} ${JSON.stringify(findings)}`);
  return '从副本恢复，各项摘要与存证日志一致，受损内容保留 restored from the replica; the damaged bytes are kept';
}

/** A case, an original and its replica, all of it signed, cosigned, published and watched. */
async function prepare(running: LoggedArchive): Promise<Target> {
  const work = () => write(running, `case:${newId()}`, 3);
  for (let n = 0; n < 10; n++) await work();
  const actor = await running.person(['officer']);
  const { assetId } = await received(running, actor, Buffer.alloc(100_000, 7));
  await running.archive.work.seal.run(assetId);
  await running.archive.work.replicate.run(assetId);
  const { asset } = await running.archive.assets.view.run(actor, assetId);
  const { reader } = running.parts.database;
  for (;;) {
    const { size, vaultedSize } = await logRepository.state(reader);
    const watch = (await settingsRepository.get(reader, 'ledger_watch')) as LedgerWatchState | null;
    const [witness] = await checkpointRepository.witnesses(reader);
    const waiting = await logRepository.waitingCount(reader);
    if (waiting === 0 && [vaultedSize, watch?.verifiedSize, witness?.size].every((done) => done === size)) break;
    await sleep(200);
  }
  return { running, asset: { id: assetId, objectKey: asset.objectKey ?? '' }, index: 12, work };
}

async function write(running: LoggedArchive, chain: Chain, count: number): Promise<void> {
  const { database, clock } = running.parts;
  const drafts = Array.from({ length: count }, (_, n) => ({ type: 'case.changed' as const, chain, public: { n } }));
  await database.transaction((tx) => appendEvents(tx, bySystem(clock.now()), drafts));
}

/** Work goes on meanwhile, as it would; the check of everything is run once, at once. */
async function untilNoticed({ running, work }: Target, began: number): Promise<Notice[]> {
  const notices = new Map<Guard, Notice>();
  const tell = (by: Guard, words: string | undefined): void => {
    if (words !== undefined && !notices.has(by)) notices.set(by, { by, afterMs: Date.now() - began, words });
  };
  const checking = running.archive.system.check
    .run()
    .then(({ findings }) => tell('check', findings[0] && `${findings[0].where}: ${findings[0].what}`))
    .catch(() => undefined);
  const { reader } = running.parts.database;
  let end = began + PATIENCE_MS;
  while (Date.now() < end) {
    await work().catch(() => undefined);
    await look(reader, tell).catch(() => undefined);
    if (notices.size > 0) end = Math.min(end, Date.now() + AFTER_FIRST_MS);
    await sleep(200);
  }
  await checking;
  return [...notices.values()].sort((a, b) => a.afterMs - b.afterMs);
}

async function look(
  reader: LoggedArchive['logDatabase']['reader'],
  tell: (by: Guard, words: string | undefined) => void,
): Promise<void> {
  const { frozenReason } = await logRepository.state(reader);
  if (frozenReason !== null) tell('signer', FREEZE_WORDS[frozenReason as FreezeReason][0]);
  const watch = (await settingsRepository.get(reader, 'ledger_watch')) as LedgerWatchState | null;
  tell('watch', watch?.findings[0]?.what);
  for (const { name, refusal } of await checkpointRepository.witnesses(reader))
    if (refusal !== null) tell('witness', `${name}: ${refusal}`);
}
