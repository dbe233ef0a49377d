import type { ErrorText } from '#domain';

/** Ends the command with an exit status and words for whoever typed it; no stack trace belongs beside them. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  readonly words: ErrorText;

  constructor(exitCode: number, words: ErrorText, options: { readonly cause?: unknown } = {}) {
    super(words.en, options);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.words = words;
  }
}
