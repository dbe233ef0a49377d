import { createReadStream } from 'node:fs';
import { EXIT } from '../../exit-codes.js';
import { CommandFailure } from '../../failure.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Longer than any leaf in hex and any proof in JSON; a file without newlines must not fill the memory. */
const MAX_LINE_BYTES = 16_777_216;
/** What is read whole: notes and JSON documents. */
const MAX_FILE_BYTES = 268_435_456;

/** The bytes of the file named, or of stdin. */
export function openInput(file: string | undefined): AsyncIterable<Buffer> {
  return file === undefined || file === '-' ? process.stdin : createReadStream(file);
}

/**
 * Lines without their newline, also the last one when it has none; a file of no bytes has no lines.
 * @throws CommandFailure `usage` when the input cannot be read, or a line is longer than 16 MiB
 */
export async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of readable(input)) {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to !== -1; to = chunk.indexOf(NEWLINE, from)) {
      yield lineOf([...rest, chunk.subarray(from, to)]);
      [rest, restBytes, from] = [[], 0, to + 1];
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
    restBytes += chunk.length - from;
    if (restBytes > MAX_LINE_BYTES) throw tooLong('一行过长', 'A line is too long');
  }
  if (restBytes > 0) yield lineOf(rest);
}

function lineOf(parts: readonly Buffer[]): Buffer {
  const line = Buffer.concat(parts);
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** @throws CommandFailure `usage` when the input cannot be read, or is larger than 256 MiB */
export async function wholeOf(input: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of readable(input)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES) throw tooLong('文件过大', 'The file is too large');
  }
  return Buffer.concat(chunks);
}

async function* readable(input: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* input;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(EXIT.usage, { zh: `无法读取：${why}`, en: `Cannot be read: ${why}` }, { cause });
  }
}

function tooLong(zh: string, en: string): CommandFailure {
  return new CommandFailure(EXIT.usage, { zh, en });
}

/** @throws CommandFailure `usage` for more than one file */
export function onlyFile(positionals: readonly string[]): string | undefined {
  if (positionals.length <= 1) return positionals[0];
  throw new CommandFailure(EXIT.usage, { zh: '只能给一个文件', en: 'One file at a time' });
}
