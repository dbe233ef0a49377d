import { healthSchema, type System, systemSchema } from '#contract';
import { clientFor, SIGN_IN_OPTIONS, signedInClient } from '../client/sign-in.js';
import { EXIT } from '../exit-codes.js';
import { sizeText } from '../terminal/quantities.js';
import { verb } from '../verb.js';

export const statusCommand = verb({
  name: 'status',
  zh: '查看正在运行的档案系统是否健康；登录后显示更多',
  en: 'Whether a running archive is well; signed in, it says more',
  options: SIGN_IN_OPTIONS,
  run: async ({ options, env, terminal }) => {
    const client = await clientFor(env, options.url);
    const { status, body } = await client.probe('/readyz');
    const health = healthSchema.safeParse(body);
    const isReady = status === 200;
    terminal.say(`${client.origin}  ${isReady ? '就绪 ready' : '未就绪 not ready'}`);
    for (const [name, state] of Object.entries(health.data?.checks ?? {})) terminal.say(`  ${name}: ${state}`);
    if (options.login !== undefined || env.LIUHEN_TOKEN !== undefined) {
      const system = await (await signedInClient(env, terminal, options)).get('/system', systemSchema);
      const { counts, queue, watch } = system;
      terminal.say(
        `  版本 version: ${system.version}`,
        ...storeLines(system.store),
        `  核查 watch: 近一日 last day ${watch.checkedLastDay}，逾期 overdue ${watch.overdue}，未了发现 open findings ${watch.open}`,
        `  案件 cases ${counts.cases}，材料 assets ${counts.assets}，已封存 sealed ${counts.sealed}，隔离 quarantined ${counts.quarantined}，待办 owed ${counts.owed}`,
        `  隔离环境 sandbox: ${system.sandbox?.mode ?? '未知 unknown'}`,
        ...Object.entries(queue).map(
          ([name, depth]) => `  队列 queue ${name}: 等待 waiting ${depth.waiting}，失败 failed ${depth.failed}`,
        ),
      );
    }
    return isReady ? EXIT.ok : EXIT.tryLater;
  },
});

function storeLines(store: System['store']): string[] {
  const lock = store.locked ? '锁定经自检 lock proved' : '未锁定 unlocked';
  const lines = [`  存储 store: ${store.kind}（${lock}），剩余 free ${sizeText(store.freeBytes)}`];
  if (store.lockTest !== null) {
    const verdicts = Object.entries(store.lockTest.attempts).map(([attempt, verdict]) => `${attempt} ${verdict}`);
    lines.push(`  锁定自检 lock self-test ${store.lockTest.at}: ${verdicts.join('，')}`);
  }
  if (store.sealingRefused)
    lines.push('  ！锁定自检未通过，已停止封存 NOT SEALING: the lock self-test failed (lock-not-held)');
  if (store.kind === 's3' && store.unlockedAllowed)
    lines.push('  ！按设置允许在未锁定的存储上封存 sealing without locks is allowed: LIUHEN_S3_UNLOCKED_ALLOWED');
  return lines;
}
