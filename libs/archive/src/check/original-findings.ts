import type { CheckFacts, CheckResult, Copy } from '#domain';
import type { CheckedAsset } from '../watch/record-check.js';
import type { Finding } from './check-chains.js';

/** One line a result, beginning with its name; of a replica it is said that it is one. */
export function findingsOf(where: string, copy: Copy, { result, also, facts }: CheckedAsset): Finding[] {
  const of = copy === 'original' ? '' : 'replica ';
  return [result, ...also].flatMap((found) =>
    found === 'intact' ? [] : [{ where, copy, result: found, what: `${of}${found}: ${WORDS[found](facts)}` }],
  );
}

const WORDS: Record<Exclude<CheckResult, 'intact'>, (facts: CheckFacts) => string> = {
  missing: () => 'the store does not have it',
  altered: alteredWords,
  unreadable: ({ reason }) => `the store has it and cannot read it (${reason})`,
  'lock-weaker': ({ lockMode, lockUntil }) => `the lock is weaker than recorded: ${lockMode} ${lockUntil ?? ''}`.trim(),
  'extra-version': ({ extraVersions = 0, deleteMarkers = 0 }) =>
    `${extraVersions} other versions and ${deleteMarkers} delete markers at its key`,
  'not-run': ({ reason }) => `it could not be looked at (${reason})`,
};

function alteredWords({ firstBadBlock, badBlocks, blocks, range, expectedBytes, foundBytes }: CheckFacts): string {
  const size = foundBytes === undefined ? '' : `, ${foundBytes} bytes instead of ${expectedBytes}`;
  if (firstBadBlock === undefined) return `it differs from its digests${size}`;
  const time =
    range === undefined ? '' : `, about ${seconds(range.startMs)} to ${seconds(range.endMs)} of the recording`;
  return `first bad block ${firstBadBlock}, ${badBlocks} bad of ${blocks}${size}${time}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
