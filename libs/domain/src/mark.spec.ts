import { type MarkContent, missingNotesOf, mistakesOfMark } from './mark.js';

const video = { kind: 'video' as const, durationMs: 60_000, pageCount: null };
const paper = { kind: 'paper' as const, durationMs: null, pageCount: 3 };
const mark = (change: Partial<MarkContent>): MarkContent => ({
  kind: 'note',
  place: { range: { startMs: 0, endMs: 1_000 } },
  text: '出示证件',
  reason: null,
  ...change,
});
const places = (change: Partial<MarkContent>, asset: Parameters<typeof mistakesOfMark>[1]) =>
  mistakesOfMark(mark(change), asset).map(({ place }) => place);

describe('a mark', () => {
  it.each([
    ['on a stretch', {}, video],
    ['on a recording whose length is not known', {}, { ...video, durationMs: null }],
    ['on a page', { place: { page: 3 } }, paper],
    ['on a photograph', { place: { page: 1 } }, { kind: 'photo', durationMs: null, pageCount: null }],
    ['of key content', { kind: 'key-content' }, video],
    ['of an interruption', { kind: 'interruption', reason: 'power' }, video],
  ] as const)('%s', (_, change, asset) => expect(places(change, asset)).toEqual([]));

  it.each([
    ['an empty stretch', { place: { range: { startMs: 5, endMs: 5 } } }, video, ['range']],
    ['behind the end', { place: { range: { startMs: 60_001, endMs: 70_000 } } }, video, ['range']],
    ['a page of a video', { place: { page: 1 } }, video, ['page']],
    ['a stretch of a paper', {}, paper, ['range']],
    ['a page that is not there', { place: { page: 4 } }, paper, ['page']],
    ['page 0', { place: { page: 0 } }, paper, ['page']],
    ['no text', { text: ' ' }, video, ['text']],
    ['key content of a paper', { kind: 'key-content', place: { page: 1 } }, paper, ['kind']],
    ['an interruption without a reason', { kind: 'interruption' }, video, ['reason']],
    ['a note with one', { reason: 'power' }, video, ['reason']],
  ] as const)('refused: %s', (_, change, asset, found) => expect(places(change, asset)).toEqual(found));
});

describe('what is missing', () => {
  const material = { kind: 'video' as const, replacesPaper: false, keyContents: 0, hasTranscript: false };
  const missing = (change: Partial<Parameters<typeof missingNotesOf>[0]>) =>
    missingNotesOf({ ...material, ...change }).map(({ what }) => what);

  it.each([
    ['nothing of a video', {}, []],
    ['key content where it stands for a record', { replacesPaper: true }, ['key-content']],
    ['nothing once one is noted', { replacesPaper: true, keyContents: 1 }, []],
    ['the transcript of sound', { kind: 'sound' }, ['transcript']],
    ['both', { kind: 'sound', replacesPaper: true }, ['key-content', 'transcript']],
    ['nothing of sound with its text', { kind: 'sound', hasTranscript: true }, []],
    ['nothing of a paper that is a paper', { kind: 'paper', replacesPaper: true }, []],
  ] as const)('%s', (_, change, found) => expect(missing(change)).toEqual(found));
});
