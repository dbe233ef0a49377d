import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { EXIT } from '../exit-codes.js';
import { CommandFailure } from '../failure.js';
import { pad } from './width.js';

/** Where a command speaks: answers on stdout, progress and trouble on stderr. */
export class Terminal {
  /** Lines drawn last by `redraw`, to be drawn over by the next. */
  #drawn = 0;

  /** Whether a person watches: then progress is drawn in place. */
  get isLive(): boolean {
    return process.stdout.isTTY === true;
  }

  say(...lines: readonly string[]): void {
    for (const line of lines) process.stdout.write(`${line}\n`);
  }

  /** To stdout as it is, without a newline. */
  write(text: string): void {
    process.stdout.write(text);
  }

  /** To stderr, so that it never gets into what a script reads. */
  note(...lines: readonly string[]): void {
    for (const line of lines) process.stderr.write(`${line}\n`);
  }

  /** Replaces the lines of the call before; only where `isLive`. */
  redraw(lines: readonly string[]): void {
    const columns = process.stdout.columns ?? 80;
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    const text = lines.map((line) => `\x1b[2K${pad(line, columns - 1).trimEnd()}\n`).join('');
    process.stdout.write(`${up}${text}`);
    this.#drawn = lines.length;
  }

  /** What was drawn stays; the next `redraw` begins below. */
  settle(): void {
    this.#drawn = 0;
  }

  async ask(question: string): Promise<string> {
    return await this.#read(question, false);
  }

  /** What is typed is not shown. */
  async askHidden(question: string): Promise<string> {
    return await this.#read(question, true);
  }

  async #read(question: string, isHidden: boolean): Promise<string> {
    if (process.stdin.isTTY !== true) {
      throw new CommandFailure(EXIT.usage, {
        zh: `没有终端可供输入（${question.trim()}），请改用选项或 LIUHEN_TOKEN`,
        en: 'There is no terminal to ask on; use an option, or LIUHEN_TOKEN',
      });
    }
    process.stderr.write(question);
    // readline echoes through its output: one that swallows hides what is typed.
    const output = isHidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
    const lines = createInterface({ input: process.stdin, output, terminal: true });
    try {
      return (await lines.question('')).trim();
    } finally {
      lines.close();
      if (isHidden) process.stderr.write('\n');
    }
  }
}
