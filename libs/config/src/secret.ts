import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A value that shows itself only when asked to: logs, JSON and error messages get `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Call this where the value is used, never to keep it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
