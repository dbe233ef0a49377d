import { type CheckReport, openArchive } from '#archive';
import { archiveOptions, type ConfigOf, loadConfig } from '#config';
import { EXIT } from '../../exit-codes.js';
import { sizeText } from '../../terminal/quantities.js';
import type { Terminal } from '../../terminal/terminal.js';
import { verb } from '../../verb.js';
import { quietLog } from './quiet-log.js';
import { SERVER_OPTIONS, serverEnvironment } from './up.command.js';
import { withDatabase } from './with-database.js';

export const checkCommand = verb({
  name: 'check',
  zh: '核验全部存证：事件链、原件摘要、衍生件；有问题时退出码为 1',
  en: 'Verifies everything kept: event chains, originals, renditions; exit status 1 when something is wrong',
  options: { data: SERVER_OPTIONS.data },
  run: async ({ options, env, terminal }) => {
    const config = loadConfig(serverEnvironment(env, options), 'cli');
    // Looking needs no more rights than the archive has itself, where those are known.
    const report = await withDatabase(config, (ownerUrl) =>
      checkArchive(config, config.database.url?.reveal() ?? ownerUrl, terminal),
    );
    return sayReport(terminal, report) ? EXIT.ok : EXIT.notAsItShouldBe;
  },
});

/** Reads everything there is, by a connection of its own. */
export async function checkArchive(
  config: ConfigOf<'cli'>,
  databaseUrl: string,
  terminal: Terminal,
): Promise<CheckReport> {
  const slices = archiveOptions(config, databaseUrl);
  const names = { applicationName: 'liuhen-check', digestThreads: 2, log: quietLog };
  const opened = await openArchive({ ...slices, ...names, databasePoolSize: 2 });
  try {
    const report = await opened.archive.system.check.run(({ assets }) => {
      if (terminal.isLive) terminal.redraw([`· 已核验 ${assets} 件 verified ${assets}`]);
    });
    terminal.settle();
    return report;
  } finally {
    await opened.close();
  }
}

/** @returns whether all is as the record says */
export function sayReport(terminal: Terminal, report: CheckReport): boolean {
  const { events, chains, assets, bytes, findings } = report;
  terminal.say(
    `核验 Check: 事件 events ${events}，链 chains ${chains}，原件 originals ${assets}（${sizeText(bytes)}）`,
    findings.length === 0 ? '结果：一致，未发现问题 All is as recorded' : `结果：${findings.length} 处不符 findings`,
    ...findings.map(({ where, what }) => `  ${where}: ${what}`),
  );
  return findings.length === 0;
}
