import { type DossierReport, documentPath, originalPath, renditionPath, verifyDossier } from '#dossier';
import {
  ASSETS,
  aDraft,
  bagOf,
  type Content,
  type Draft,
  digestText,
  eventOf,
  idOf,
  leafHashOf,
  nodeChecks,
  pack,
  policy,
  rebag,
} from '../../support/dossier-draft.js';

const check = (files: Content): Promise<DossierReport> => verifyDossier(bagOf(files), { ...nodeChecks, trust: policy });
const failures = ({ items }: DossierReport): string[] =>
  items.flatMap(({ kind, findings }) =>
    findings.flatMap(({ verdict, reason, detail }) => (verdict === 'FAIL' ? [`${kind} ${reason}: ${detail}`] : [])),
  );
const typeAt = (draft: Draft, index: number): string => eventOf(draft.log[index] as Uint8Array).type as string;

describe('T12: events left out of a dossier', () => {
  it('any one event that is taken out is missed, and said which', async () => {
    const { included } = aDraft();
    for (const left of included) {
      const draft = aDraft();
      draft.included = included.filter((index) => index !== left);
      const event = eventOf(draft.log[left] as Uint8Array);
      const found = failures(await check(await pack(draft)));
      const isLast = ['case.exported', 'asset.looked', 'dossier.packed'].includes(event.type as string);
      expect({ left: event.type, found: found.join() }).toEqual({
        left: event.type,
        found: expect.stringMatching(
          isLast
            ? /chain-cut-short|export-missing|packed-missing/
            : new RegExp(`chain-gap: missing ${event.chain_seq} of \\d`),
        ),
      });
    }
  });

  it('a whole asset taken out with all that names it is missed', async () => {
    const draft = aDraft();
    draft.included = draft.included.filter((index) => {
      const event = eventOf(draft.log[index] as Uint8Array);
      return event.chain !== `asset:${ASSETS[0]}` && (event.public as { asset?: string }).asset !== ASSETS[0];
    });
    draft.originals.delete(ASSETS[0]);
    draft.index = { ...draft.index, assets: draft.index.assets.filter(({ id }) => id !== ASSETS[0]) };
    expect(failures(await check(await pack(draft))).join()).toMatch(/chain-gap.*chain-missing/);
  });
});

describe('T13: a dossier cut back to an earlier time', () => {
  it('does not pass as the later one: the export it says it is must be its end', async () => {
    const draft = aDraft();
    draft.included = draft.included.filter((index) => typeAt(draft, index) !== 'case.exported');
    expect(failures(await check(await pack(draft))).join()).toMatch(/export-missing/);
  });

  it('that is an earlier export in truth passes, and says when it ends', async () => {
    const report = await check(await pack(aDraft()));
    expect(failures(report)).toEqual([]);
    expect(report.asOf).toEqual(aDraft().index.as_of);
  });

  it('with a time of its own is refused', async () => {
    const draft = aDraft();
    draft.index = { ...draft.index, as_of: { size: draft.log.length - 1, at: '2026-11-20T00:00:00.000Z' } };
    expect(failures(await check(await pack(draft)))).toHaveLength(2);
  });
});

describe('T16: something derived given out as the original', () => {
  it('is not the original: its digests are those of the events, not of the file', async () => {
    const files = await pack(aDraft());
    const path = originalPath(ASSETS[0], '现场 1.mp4');
    const redacted = rebag(new Map(files).set(path, Buffer.from('a redacted copy')));
    expect(failures(await check(redacted)).join()).toMatch(/original-size.*original-altered.*original-sha256/);
  });

  it('nor under the number of another asset, with events of its own', async () => {
    const draft = aDraft();
    draft.originals.set(idOf(99), {
      fileName: 'copy.mp4',
      bytes: Buffer.from('copy'),
      blocks: leafHashOf(Buffer.from('copy')),
    });
    const named = { ...(draft.index.assets[0] as Draft['index']['assets'][number]) };
    const head = { seq: 1, leaf: digestText(new Uint8Array(32)) };
    draft.index = {
      ...draft.index,
      assets: [...draft.index.assets, { ...named, id: idOf(99), path: originalPath(idOf(99), 'copy.mp4'), head }],
    };
    expect(failures(await check(await pack(draft))).join()).toMatch(/not-received.*not-sealed/);
  });

  it('a rendition beside it is carried, and never counted as an original', async () => {
    const files = await pack(aDraft());
    const report = await check(files);
    expect(failures(report)).toEqual([]);
    expect(report.items.filter(({ kind }) => kind === 'original')).toHaveLength(2);
    expect(report.items.filter(({ kind }) => kind === 'rendition')).toEqual([
      { kind: 'rendition', subject: `data/renditions/${ASSETS[0]}/poster`, verdict: 'PASS', findings: [] },
    ]);
  });
});

describe('what is made from the record', () => {
  const poster = renditionPath(ASSETS[0], 'poster', 'poster.jpg');
  const list = documentPath('卷内目录.pdf');
  const altered = async (alter: (files: Content) => unknown): Promise<string> => {
    const files = await pack(aDraft());
    alter(files);
    return failures(await check(rebag(files))).join('\n');
  };

  it('cannot be altered, added or taken out, though all manifests are made again', async () => {
    expect(await altered((files) => files.set(list, Buffer.from('%PDF-1.7 another')))).toMatch(
      /^packed packed-differs/,
    );
    expect(await altered((files) => files.delete(list))).toMatch(/^packed packed-differs/);
    expect(await altered((files) => files.set(documentPath('封面.pdf'), Buffer.from('x')))).toMatch(/packed-differs/);
    expect(await altered((files) => files.set(poster, Buffer.from('another')))).toMatch(
      /packed-differs.*rendition rendition-altered/s,
    );
    expect(await altered((files) => files.delete(poster))).toMatch(/packed-differs.*rendition-missing/s);
  });

  it('is known by the event of its making: one that nobody made, or nobody chose, fails', async () => {
    const beside = renditionPath(ASSETS[0], 'poster', 'poster-2.jpg');
    expect(await altered((files) => files.set(beside, Buffer.from('x')))).toMatch(/rendition-altered/);
    const proxy = renditionPath(ASSETS[0], 'proxy', 'proxy.mp4');
    expect(await altered((files) => files.set(proxy, Buffer.from('x')))).toMatch(/rendition-unnamed: no event/);
    const text = renditionPath(ASSETS[0], 'text', 'poster.jpg');
    expect(await altered((files) => files.set(text, Buffer.from('a poster')))).toMatch(/rendition-unnamed: the export/);
  });

  it('is not said to be made otherwise than its event says', async () => {
    for (const other of [
      { tool: 'gimp' },
      { args: [] },
      { version: '6' },
      { digest: digestText(new Uint8Array(32)) },
    ]) {
      const draft = aDraft();
      const [one] = draft.index.renditions;
      draft.index = { ...draft.index, renditions: [{ ...(one as NonNullable<typeof one>), ...other }] };
      expect(failures(await check(await pack(draft))).join()).toMatch(/^rendition index-differs/);
    }
    const draft = aDraft();
    draft.index = { ...draft.index, renditions: [] };
    expect(failures(await check(await pack(draft))).join()).toMatch(/^rendition index-differs/);
  });
});
