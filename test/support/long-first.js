import TestSequencer from '@jest/test-sequencer';

/**
 * Those that take minutes begin first. Jest knows how long a file took only where it ran before, and else begins with the
 * largest: some of the longest are among the smallest, and at the end one worker would wait for the other.
 */
const LONG = [
  'threats/ledger-faults',
  'crash/',
  'threats/dossier-mutations',
  'api/law-procedures',
  'archive/law-property',
  'api/reviews',
  'signing/crash',
  'second-verifier/exported',
  'dossier/export.',
];

// @ts-expect-error its types are those of the CommonJS build, where the class is one `default` further in
export default class LongFirst extends TestSequencer {
  /** @param {readonly import('@jest/test-result').Test[]} tests */
  sort(tests) {
    return [...super.sort([...tests])].sort((a, b) => rankOf(a.path) - rankOf(b.path));
  }
}

/** @param {string} path */
function rankOf(path) {
  const place = LONG.findIndex((part) => path.includes(`/test/medium/${part}`));
  return place === -1 ? LONG.length : place;
}
