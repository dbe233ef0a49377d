import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  ArchiveError,
  LIST_COLUMNS,
  type Procedure,
  parseProcedure,
  RECORDING_DETAILS,
  recordingList,
  withRecordingList,
} from '#domain';
import { readSheet, writeSheet } from './index.js';

const PROCEDURES = new URL('../../../procedures/', import.meta.url);
const TEMPLATES: readonly Procedure[] = readdirSync(PROCEDURES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json'))
  .map((name) => parseProcedure(JSON.parse(readFileSync(new URL(name, PROCEDURES), 'utf8'))));
const WIDTHS = LIST_COLUMNS.map(({ width }) => width);

/** What people type in any writing, with what they do not see. */
const unit = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\t', '\r', '\u0001', '\u001f', '_x0041_', ' ', '<', '&', '"') },
);
const text = fc.string({ unit, maxLength: 20 }).map((value) => value.toWellFormed());
const filled = text.filter((value) => value.trim() !== '');

it('gives back every cell as it was, whatever it looks like', async () => {
  const tricky = [
    '001',
    '=1+1',
    '1e5',
    'TRUE',
    '2026-05-01',
    ' 前后空格 ',
    '两\n行',
    '<&>"\'',
    '_x0041_',
    'a\r\nb\tc',
    '😀',
  ];
  expect((await readSheet(await writeSheet('清单', [tricky, tricky], []))).at(1)).toEqual(tricky);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(filled, text, filled), { minLength: 1, maxLength: 5 }), async (rows) => {
      expect(await readSheet(await writeSheet('a', rows, []))).toEqual(rows);
    }),
    { numRuns: 50, endOnFailure: true },
  );
}, 60_000);

it('refuses what is no workbook, and one that says it unpacks to more than it may', async () => {
  const bomb = await writeSheet('a', [['a']], []);
  bomb.writeUInt32LE(0xf0000000, bomb.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
  for (const bytes of [Buffer.from('a,b'), Buffer.alloc(0), bomb])
    await expect(readSheet(bytes)).rejects.toMatchObject({ code: 'invalid-input' });
});

async function roundTrip(procedure: Procedure): Promise<Procedure> {
  const rows = await readSheet(await writeSheet(procedure.title.zh, recordingList(procedure), WIDTHS));
  const { procedure: read, mistakes } = withRecordingList(procedure, rows);
  expect(mistakes).toEqual([]);
  if (read === null) throw new ArchiveError('internal', 'nothing was read');
  return read;
}

it.each(TEMPLATES)('the recording list of $id comes back unchanged, but for the version', async (procedure) => {
  expect(await roundTrip(procedure)).toEqual({ ...procedure, version: procedure.version + 1 });
});

it('so do lists that an agency has filled in, of whatever words', async () => {
  const template = TEMPLATES.find(({ id }) => id === 'administrative-penalty-ordinary') as Procedure;
  const details = fc.dictionary(fc.constantFrom(...RECORDING_DETAILS), filled, { minKeys: 1 });
  const label = fc.record({ zh: filled, en: filled });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(details, details, label, label), { minLength: 30, maxLength: 30 }),
      async (all) => {
        const steps = template.steps.map((step, i) => {
          const [own, raised, from, to] = all[i] as (typeof all)[number];
          const { recording } = step;
          const isAsked = recording.from !== null;
          return {
            ...step,
            recording: {
              ...recording,
              ...(isAsked ? { from, to } : {}),
              raised: recording.raised.map((one) => ({ ...one, details: raised })),
              details: own,
            },
          };
        });
        const procedure = parseProcedure(JSON.parse(JSON.stringify({ ...template, steps })));
        const once = await roundTrip(procedure);
        expect(once).toEqual({ ...procedure, version: 2 });
        expect(recordingList(once)).toEqual(recordingList(procedure));
      },
    ),
    { numRuns: 20, endOnFailure: true },
  );
}, 60_000);
