import { type FreezeReason, openStore, RecoverLedger, type RecoveryPlan, systemClock } from '#archive';
import { archiveOptions, type ConfigOf, type Environment, loadConfig } from '#config';
import { checkpointRepository, Database, logRepository } from '#persistence';
import { EXIT } from '../../exit-codes.js';
import type { Terminal } from '../../terminal/terminal.js';
import { type Verb, verb } from '../../verb.js';
import { FREEZE_WORDS, obstacleWords, planWords } from './ledger-words.js';
import { quietLog } from './quiet-log.js';
import { SERVER_OPTIONS, serverEnvironment } from './up.command.js';
import { withDatabase } from './with-database.js';
import { withSigner } from './with-signer.js';

const ledgerState = verb({
  name: 'ledger state',
  zh: '存证日志的状态：是否冻结及原因，数据库、签名、保管库、见证方各到第几条；冻结时退出码为 1',
  en: 'How the ledger is: frozen or not and why; how far database, signer, vault and witnesses are; status 1 when frozen',
  options: { data: SERVER_OPTIONS.data },
  run: async ({ options, env, terminal }) =>
    await withRecovery(serverEnvironment(env, options), async (recovery, owner) => {
      const plan = await recovery.plan();
      await sayState(terminal, plan, owner);
      return plan.state.frozenReason === null && plan.obstacles.length === 0 ? EXIT.ok : EXIT.notAsItShouldBe;
    }),
});

const ledgerRecover = verb({
  name: 'ledger recover',
  zh: '恢复旧备份后：从保管库与暂存区写回已签名的事件，核对无误才解除冻结；先用 --dry-run 查看',
  en: 'After an old backup was restored: puts the signed events back from vault and staging, thaws only when all fits; --dry-run first',
  options: {
    data: SERVER_OPTIONS.data,
    'dry-run': { type: 'boolean', zh: '只说明将做什么，不作任何改动', en: 'Says what would be done, changes nothing' },
  },
  run: async ({ options, env, terminal }) =>
    await withRecovery(serverEnvironment(env, options), async (recovery) => {
      const plan = options['dry-run'] === true ? await recovery.plan() : await recovery.run();
      terminal.say(...planWords(plan));
      if (!sayObstacles(terminal, plan)) return EXIT.notAsItShouldBe;
      terminal.say(
        options['dry-run'] === true
          ? '以上为预演，未作任何改动；去掉 --dry-run 即执行 Nothing was changed; without --dry-run it is done'
          : '完成，日志可以继续。请随后运行 liuhen check  Done, the log goes on. Run liuhen check next',
      );
      return EXIT.ok;
    }),
});

export const LEDGER_COMMANDS: readonly Verb[] = [ledgerState, ledgerRecover];

async function withRecovery<T>(
  env: Environment,
  work: (recovery: RecoverLedger, owner: Database) => Promise<T>,
): Promise<T> {
  const config = loadConfig(env, 'cli');
  return await withDatabase(config, async (ownerUrl) =>
    withSigner(config, env, async (signer) => {
      const owner = await Database.connect({ url: ownerUrl, poolSize: 2, applicationName: 'liuhen-ledger' });
      try {
        const store = await storeOf(config, ownerUrl);
        return await work(new RecoverLedger({ owner, store, signer, clock: systemClock, log: quietLog }), owner);
      } finally {
        await owner.close();
      }
    }),
  );
}

async function storeOf(config: ConfigOf<'cli'>, databaseUrl: string) {
  const store = openStore(archiveOptions(config, databaseUrl).store);
  await store.prepare();
  return store;
}

async function sayState(terminal: Terminal, plan: RecoveryPlan, owner: Database): Promise<void> {
  const { state, signed } = plan;
  const words = state.frozenReason === null ? null : FREEZE_WORDS[state.frozenReason as FreezeReason];
  terminal.say(
    words === null
      ? '日志正常记录 The log is not frozen'
      : `已冻结 FROZEN ${state.frozenAt?.toISOString() ?? ''} (${state.frozenReason})`,
    ...(words ?? []).map((line) => `  ${line}`),
    `数据库 database: ${state.size}，待入日志 waiting: ${await logRepository.waitingCount(owner.reader)}`,
    `签名进程 signer: ${signed.size} ${signed.signedAt ?? ''}`,
    `保管库 vault: ${state.vaultedSize} ${state.vaultedAt?.toISOString() ?? ''}`,
    ...(state.anchoredAt === null
      ? []
      : [`锚定（法定数联署）anchored: ${state.anchoredSize} ${state.anchoredAt.toISOString()}`]),
    ...(await checkpointRepository.witnesses(owner.reader)).map(
      ({ name, size, refusal }) =>
        `见证方 witness ${name}: ${size}${refusal === null ? '' : ` 拒绝 REFUSES: ${refusal}`}`,
    ),
  );
  sayObstacles(terminal, plan);
}

/** @returns whether there are none */
function sayObstacles(terminal: Terminal, { obstacles }: RecoveryPlan): boolean {
  for (const obstacle of obstacles) {
    const [zh, en, ...more] = obstacleWords(obstacle);
    terminal.say(`✗ ${zh}`, `  ${en}`, ...more.map((line) => `    ${line}`));
  }
  return obstacles.length === 0;
}
