import { pad } from './terminal/width.js';
import type { Verb } from './verb.js';

/** What `liuhen --help` prints. */
export function generalHelp(verbs: readonly Verb[]): string[] {
  const width = Math.max(...verbs.map(({ name }) => name.length)) + 2;
  return [
    '留痕 Liuhen：行政执法全过程记录 the full record of administrative enforcement',
    '',
    '用法 Usage:  liuhen VERB [选项 options]      从源码 from a clone:  npm run -s liuhen -- VERB …',
    '',
    ...verbs.flatMap(({ name, text }) => [`  ${pad(name, width)}${text.zh}`, `  ${' '.repeat(width)}${text.en}`]),
    '',
    '每个命令的选项 Options of a verb:  liuhen VERB --help',
    '设置用环境变量 LIUHEN_*（见 .env.example）。Settings are LIUHEN_* in the environment; see .env.example.',
    '退出码 Exit status:  0 正常 fine · 1 结果有问题 not as it should be · 2 用法 usage · 3 无权 not allowed · 4 未找到 not found',
    '  5 冲突 conflict · 6 稍后再试 try later · 7 存储 storage · 8 媒体 media · 9 设置 settings · 70 内部错误 internal',
    '  130 被中断 interrupted · 141 输出无人接收 nobody reads what is said',
  ];
}

export function verbHelp({ name, text, operands, options }: Verb): string[] {
  const shown = Object.entries(options).map(([option, about]) => ({
    head: `--${option}${about.type !== 'boolean' ? ` ${about.value ?? 'VALUE'}` : ''}`,
    about,
  }));
  const width = Math.max(0, ...shown.map(({ head }) => head.length)) + 2;
  const optionsMark = shown.length > 0 ? ' [选项 options]' : '';
  return [
    `用法 Usage:  liuhen ${name}${operands === '' ? '' : ` ${operands}`}${optionsMark}`,
    '',
    text.zh,
    text.en,
    ...(shown.length > 0 ? [''] : []),
    ...shown.flatMap(({ head, about }) => [`  ${pad(head, width)}${about.zh}`, `  ${' '.repeat(width)}${about.en}`]),
  ];
}
