import type { ProcedureStep } from './procedure.js';

/** Files that recorders write: a clip of an interview is its recording, though it be named after the record of it. */
const RECORDING =
  /\.(mp4|mov|m4v|avi|mkv|webm|ts|mts|m2ts|3gp|flv|wmv|mpe?g|dav|wav|mp3|m4a|aac|amr|wma|og[ga]|opus|flac)$/iu;

/** The paper of a step that a file name tells: the only one whose Chinese title stands in it; else none. */
export function paperNamedIn(fileName: string, { papers }: ProcedureStep): string | null {
  if (RECORDING.test(fileName)) return null;
  const named = papers.filter(({ title }) => fileName.includes(title.zh));
  return named.length === 1 ? (named[0]?.id ?? null) : null;
}
