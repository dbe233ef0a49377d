import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';

/** Exit status of the verbs that check what they are given, without a running archive. */
export const OUTCOME = { good: EXIT.ok, bad: EXIT.notAsItShouldBe, notChecked: EXIT.usage } as const;

/** Reads something the call names; what cannot be read was not checked. */
export async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const { syscall, message } = cause as NodeJS.ErrnoException;
    // Anything but what the system says of a file is a mistake of ours.
    if (syscall === undefined) throw cause;
    const words = { zh: `无法读取 ${path}：${message}`, en: `Cannot read ${path}: ${message}` };
    throw new CommandFailure(OUTCOME.notChecked, words, { cause });
  }
}

/**
 * Text from a stranger, fit for a terminal: control characters could move the cursor and draw over a verdict, and marks
 * of direction show a name backwards.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
