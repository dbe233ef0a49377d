import type { Environment } from '#config';
import type { ErrorText } from '#domain';
import type { Terminal } from './terminal/terminal.js';

export interface OptionText {
  /** A list is an option that may be given more than once. */
  readonly type: 'string' | 'boolean' | 'list';
  /** Shown in place of the value. */
  readonly value?: string;
  readonly zh: string;
  readonly en: string;
}

export type OptionTexts = Readonly<Record<string, OptionText>>;

/** What was given, typed by what was asked for: an option that is not declared cannot be read. */
export type OptionValues<O extends OptionTexts> = {
  readonly [K in keyof O]:
    | (O[K]['type'] extends 'boolean' ? boolean : O[K]['type'] extends 'list' ? readonly string[] : string)
    | undefined;
};

export interface Call<O extends OptionTexts> {
  readonly options: OptionValues<O>;
  readonly positionals: readonly string[];
  /** The process's environment, as it was when the program began. */
  readonly env: Environment;
  readonly terminal: Terminal;
}

/** A verb of the command line, its options already bound to what it does with them. */
export interface Verb {
  /** One word, or two: `account create`. */
  readonly name: string;
  readonly text: ErrorText;
  /** What follows it: `FILE…`. */
  readonly operands: string;
  readonly options: OptionTexts;
  /** @returns the exit status; nothing means 0 */
  run(call: Call<OptionTexts>): Promise<number | undefined>;
}

export interface VerbPlan<O extends OptionTexts> {
  readonly name: string;
  readonly zh: string;
  readonly en: string;
  readonly operands?: string;
  readonly options: O;
  run(call: Call<O>): Promise<number | undefined>;
}

export function verb<const O extends OptionTexts>(plan: VerbPlan<O>): Verb {
  return {
    name: plan.name,
    text: { zh: plan.zh, en: plan.en },
    operands: plan.operands ?? '',
    options: plan.options,
    // The parser gives exactly the options declared, each by its declared type.
    run: (call) => plan.run(call as Call<O>),
  };
}
