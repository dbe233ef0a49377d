import { sizeText } from './quantities.js';
import type { Terminal } from './terminal.js';

const BAR_COLUMNS = 30;

/** Drawn in place for a person; for a log, a line every tenth. */
export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #totalBytes: number;
  #tenth = -1;

  constructor(terminal: Terminal, totalBytes: number) {
    this.#terminal = terminal;
    this.#totalBytes = totalBytes;
  }

  show(doneBytes: number): void {
    const share = this.#totalBytes === 0 ? 1 : doneBytes / this.#totalBytes;
    const full = Math.round(share * BAR_COLUMNS);
    const line = `[${'#'.repeat(full)}${'.'.repeat(BAR_COLUMNS - full)}] ${Math.floor(share * 100)} %  ${sizeText(doneBytes)}`;
    if (this.#terminal.isLive) {
      this.#terminal.redraw([line]);
      return;
    }
    const tenth = Math.floor(share * 10);
    if (tenth > this.#tenth) this.#terminal.note(line);
    this.#tenth = tenth;
  }
}
