/** One thing wrong with the settings, in words for whoever starts the program. Never holds the value given. */
export interface ConfigProblem {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
}

/** All that is wrong, at once. The message is ready to be shown. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, zh, en }) => `  ${name}\n    ${zh}\n    ${en}`);
    super(['设置有误，未能启动。The settings are wrong; not started.', ...lines].join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
