import { openArchive } from '#archive';
import { archiveOptions, loadConfig } from '#config';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';
import { verb } from '../../verb.js';
import { CALENDAR_FILE, CATALOGUES_DIR, FORMS_DIR, NAME_RULES_DIR, PROCEDURES_DIR } from './archive-files.js';
import { databaseAddresses, prepareDatabase } from './prepare-database.js';
import { quietLog } from './quiet-log.js';

const AGENCY = '本机关';

export const migrateCommand = verb({
  name: 'migrate',
  zh: '服务器部署：更新表结构、权限、队列与执法程序；首次运行时建立管理员',
  en: 'Server shape: brings schema, rights, queue and procedures up to date; makes the first administrator',
  options: {
    agency: {
      type: 'string',
      value: 'NAME',
      zh: `首次运行时最上级单位的名称（默认“${AGENCY}”）`,
      en: 'Name of the topmost unit, the first time',
    },
  },
  run: async ({ options, env, terminal }) => {
    const config = loadConfig(env, 'cli');
    if (config.database.url === null) {
      throw new CommandFailure(EXIT.config, {
        zh: '请设置 LIUHEN_DATABASE_URL（及 LIUHEN_DATABASE_OWNER_URL）；内置数据库由 liuhen up 自行更新',
        en: 'Set LIUHEN_DATABASE_URL (and LIUHEN_DATABASE_OWNER_URL); liuhen up migrates the embedded database itself',
      });
    }
    const addresses = databaseAddresses(config);
    terminal.note('· 更新表结构 Migrating');
    await prepareDatabase(addresses, config.queue.kind === 'postgres');
    const slices = archiveOptions(config, addresses.appUrl);
    const names = { applicationName: 'liuhen-migrate', digestThreads: 1, log: quietLog };
    const opened = await openArchive({ ...slices, ...names, databasePoolSize: 2 });
    try {
      const kept = await opened.archive.cases.keepProcedures.run(PROCEDURES_DIR);
      await opened.archive.forms.keepTemplates.run(FORMS_DIR);
      await opened.archive.law.keepCalendar.run(CALENDAR_FILE);
      await opened.archive.reviews.keepCatalogues.run(CATALOGUES_DIR);
      terminal.note(`· 执法程序 ${kept} 个 Procedures: ${kept}`);
      const rules = await opened.archive.recorders.keepNameRules.run(NAME_RULES_DIR);
      terminal.note(`· 记录仪命名规则 ${rules} 条 Naming rules of recorders: ${rules}`);
      const first = await opened.archive.people.makeFirstAdministrator.run(options.agency ?? AGENCY);
      if (first !== null) {
        terminal.say(`管理员 administrator: ${first.login}`, `一次性密码 one-time password: ${first.oneTimePassword}`);
      }
    } finally {
      await opened.close();
    }
    return EXIT.ok;
  },
});
