import { settingsOf } from './load-config.js';
import { FRAGMENTS, type FragmentName, SETTING_TEXTS } from './settings.js';

export interface SettingDescription {
  readonly group: FragmentName;
  readonly name: string;
  /** As one would write it; null when unset. */
  readonly default: string | null;
  readonly zh: string;
  readonly en: string;
  /** NAME_FILE is read too. */
  readonly secret: boolean;
}

/** Every setting, in the order of its fragments: for `.env.example` and the README. */
export function describeSettings(): SettingDescription[] {
  return (Object.keys(FRAGMENTS) as FragmentName[]).flatMap((group) =>
    settingsOf(group).map(([name, schema]) => {
      const about = SETTING_TEXTS.get(schema);
      return {
        group,
        name,
        default: about?.default === undefined || about.default === '' ? null : about.default,
        zh: about?.zh ?? '',
        en: about?.en ?? '',
        secret: about?.secret === true,
      };
    }),
  );
}

const GROUP_TITLES: Readonly<Record<FragmentName, string>> = {
  data: '数据 Data',
  http: '网络 HTTP',
  metrics: '指标 Metrics',
  database: '数据库 Database',
  queue: '任务队列 Job queue',
  store: '原件存储 Object store',
  replica: '副本库 Replica',
  upload: '上传 Upload',
  media: '媒体 Media',
  session: '登录 Sign-in',
  retention: '保留 Retention',
  watch: '定期核对 Watch',
  worker: '任务进程 Worker',
  ledger: '存证日志 Ledger',
  signer: '签名进程 Signer',
  witness: '见证方 Witness',
  log: '日志 Log',
  client: '命令行 Command line',
};

/** The text of `.env.example`: every setting, with its meaning and default, commented out. */
export function exampleEnvironment(): string {
  const lines = [
    '# 留痕的全部设置。复制为 .env，去掉行首的 # 后修改。未写的取默认值。',
    '# All settings of Liuhen. Copy to .env, remove the # and change. What is left out keeps its default.',
    '# 标有“密”的也可写 名称_FILE=文件路径。Those marked "secret" may be given as NAME_FILE=path instead.',
  ];
  let group: FragmentName | null = null;
  for (const setting of describeSettings()) {
    if (setting.group !== group) {
      group = setting.group;
      lines.push('', `# --- ${GROUP_TITLES[group]} ---`);
    }
    const mark = setting.secret ? '（密 secret）' : '';
    lines.push('', `# ${setting.zh}${mark}`, `# ${setting.en}`, `#${setting.name}=${setting.default ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}
