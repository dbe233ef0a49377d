import { formatVerifierKey, makeVerifierKey } from '#tlog';
import {
  ASSETS,
  aDraft,
  bagOf,
  blocksOf,
  CASE,
  type Content,
  type Draft,
  eventOf,
  FALSE_LOG,
  leafOf,
  nodeChecks,
  pack,
  policy,
  rebag,
} from '../../../../test/support/dossier-draft.js';
import { sha256 } from '../../../../test/support/log-crypto.js';
import {
  DOSSIER_TEXT,
  type DossierCheck,
  type DossierReport,
  fingerprintOf,
  ITEM_TEXT,
  PART,
  safeName,
  verifyDossier,
} from '../index.js';

const check = (files: Content, trust: DossierCheck['trust'] = policy): Promise<DossierReport> =>
  verifyDossier(bagOf(files), { ...nodeChecks, trust });

/** `kind reason` of all that is not PASS, without what every dossier of these tests lacks. */
const found = ({ items }: DossierReport): string[] =>
  items
    .flatMap(({ kind, findings }) => findings.map(({ reason }) => `${kind} ${reason}`))
    .filter((text) => text !== 'timestamp no-timestamp');

const altered = async (change: (draft: Draft) => void): Promise<DossierReport> => {
  const draft = aDraft();
  change(draft);
  return await check(await pack(draft));
};
const pathOf = (files: Content, asset: string): string =>
  [...files.keys()].find((path) => path.startsWith(`data/originals/${asset}/`)) ?? '';

/** The leaf at a place of the log, changed, with all that follows in its chain made again: what a clever insider does. */
function rewrite(draft: Draft, type: string, change: (event: Record<string, unknown>) => void): void {
  const at = draft.log.findIndex((leaf) => eventOf(leaf).type === type);
  const event = eventOf(draft.log[at] as Uint8Array);
  change(event);
  draft.log[at] = leafOf(event);
}

describe('a dossier', () => {
  it('is good where nothing is wrong, and says up to when', async () => {
    const report = await check(await pack(aDraft()));
    expect(found(report)).toEqual([]);
    expect(report.items.filter(({ verdict }) => verdict !== 'PASS').map(({ kind }) => kind)).toEqual(['timestamp']);
    expect(report.verdict).toBe('NOT CHECKED');
    expect(report.asOf).toEqual(aDraft().index.as_of);
    expect(report.caseId).toBe(CASE);
    expect(report.cosignedBy).toEqual([{ witness: 'witness.example.org', at: '2026-11-21T08:01:00.000Z' }]);
    expect(report.counts).toMatchObject({ events: 17, opened: 5, withheld: 0, bytes: 2_569 });
  });

  it('is self-consistent at best without keys from outside', async () => {
    const report = await check(await pack(aDraft()), null);
    expect(found(report)).toEqual(['trust self-consistent-only']);
    expect(report.selfConsistentOnly).toBe(true);
  });

  describe('checked with fingerprints of keys', () => {
    const keys = [...policy.logs, ...policy.witnesses].map(({ key }) => fingerprintOf(sha256, formatVerifierKey(key)));
    const named = (...fingerprints: string[]) => ({ fingerprints });

    it('is good when the keys are among its own', async () => {
      for (const trust of [named(...keys), named(keys[0] ?? '')]) {
        const report = await check(await pack(aDraft()), trust);
        expect(found(report)).toEqual([]);
        expect(report.selfConsistentOnly).toBe(false);
      }
    });

    it.each([
      ['none of its keys', named('0'.repeat(64))],
      ['a key of its own and of one it has not', named(keys[0] ?? '', '0'.repeat(64))],
      ['a witness only', named(keys.at(-1) ?? '')],
    ])('is refused when they are of %s', async (_, trust) => {
      expect(found(await check(await pack(aDraft()), trust))).toContain('trust key-unknown');
    });

    it('is refused when a witness that was named has not cosigned', async () => {
      const absent = formatVerifierKey(
        makeVerifierKey(sha256, { name: 'absent', type: 4, publicKey: new Uint8Array(32) }),
      );
      const files = await pack(aDraft());
      const text = new TextDecoder().decode(files.get(PART.policy));
      files.set(PART.policy, new TextEncoder().encode(text.replace(/^quorum/m, `witness absent ${absent}\nquorum`)));
      const report = await check(await rebag(files), named(keys[0] ?? '', fingerprintOf(sha256, absent)));
      expect(found(report)).toContain('checkpoint quorum-not-met');
    });

    it('made by somebody else with keys of his own is refused', async () => {
      const files = await pack(aDraft(), FALSE_LOG);
      expect(found(await check(files, named(keys[0] ?? '')))).not.toEqual([]);
    });
  });

  it('signed by another key under the same name is refused', async () => {
    expect(found(await check(await pack(aDraft(), FALSE_LOG)))).toEqual(['checkpoint checkpoint-not-signed']);
  });

  it('of another log is refused', async () => {
    const report = await altered((draft) => {
      draft.index = { ...draft.index, origin: 'other.example/log' };
    });
    expect(found(report)).toEqual(['checkpoint checkpoint-of-another-log']);
  });

  it('without enough witnesses is refused', async () => {
    const other = makeVerifierKey(sha256, { name: 'other', type: 4, publicKey: new Uint8Array(32).fill(7) });
    const strict = { ...policy, witnesses: [...policy.witnesses, { name: 'w2', key: other, url: null }] };
    const both = { ...strict, groups: [{ name: 'g', threshold: 2, members: ['court', 'w2'] }], quorum: 'g' };
    expect(found(await check(await pack(aDraft()), both))).toEqual(['checkpoint quorum-not-met']);
  });

  it('with an original altered names the block', async () => {
    const files = await pack(aDraft());
    const path = pathOf(files, ASSETS[0]);
    const bytes = Buffer.from(files.get(path) ?? []);
    bytes[2_000] = 99;
    const report = await check(rebag(files.set(path, bytes)));
    const differs = ['original original-altered', 'original original-sha256', 'original original-sm3'];
    expect(found(report)).toEqual(['packed packed-differs', ...differs]);
    const item = report.items.findLast(({ verdict }) => verdict === 'FAIL');
    expect(item).toMatchObject({ kind: 'original', subject: path, findings: [{ offset: 0 }, {}, {}] });
  });

  it('names the first bad block of several', async () => {
    const draft = aDraft();
    const bytes = Buffer.alloc(3 * 1_048_576 + 5, 7);
    const original = draft.originals.get(ASSETS[0]) as { fileName: string };
    draft.originals.set(ASSETS[0], { ...original, bytes, blocks: blocksOf(bytes) });
    const files = await pack(draft);
    const path = pathOf(files, ASSETS[0]);
    const bad = Buffer.from(bytes);
    bad[2 * 1_048_576 + 17] = 8;
    const good = await check(files);
    const report = await check(files.set(path, bad));
    // Neither is what the events say: the list of blocks is not theirs, and then no block can be named.
    for (const { items } of [good, report])
      expect(items.find(({ subject }) => subject === path)?.findings[0]).toMatchObject({ reason: 'original-size' });
  });

  it('with a list of blocks that is not the original’s is refused', async () => {
    const files = await pack(aDraft());
    const other = rebag(new Map(files).set(`proofs/blocks/${ASSETS[0]}`, Buffer.alloc(32)));
    expect(found(await check(other))).toEqual(['original blocks-wrong']);
    files.delete(`proofs/blocks/${ASSETS[0]}`);
    expect(found(await check(rebag(files)))).toEqual(['original blocks-wrong']);
  });

  it('with an event left out says which', async () => {
    const report = await altered((draft) => {
      const at = draft.included.findIndex((i) => eventOf(draft.log[i] as Uint8Array).type === 'asset.linked');
      draft.included.splice(at, 1);
    });
    expect(found(report)).toEqual(['chain chain-gap']);
    const item = report.items.find(({ verdict }) => verdict === 'FAIL');
    expect(item).toMatchObject({ subject: `asset:${ASSETS[0]}`, findings: [{ detail: 'missing 3 of 5' }] });
  });

  it('cut short is refused: events after the export’s heads are missing, or the export itself', async () => {
    const without = (type: string) =>
      altered((draft) => {
        const at = draft.included.findLastIndex((i) => eventOf(draft.log[i] as Uint8Array).type === type);
        draft.included.splice(at, 1);
      });
    expect(found(await without('case.exported'))).toEqual([
      'completeness export-missing',
      'rendition rendition-unnamed',
      'disclosures disclosure-of-nothing',
      'as-of export-missing',
    ]);
    expect(found(await without('asset.looked'))).toEqual(['completeness chain-cut-short']);
    expect(found(await without('dossier.packed'))).toEqual(['packed packed-missing']);
    expect(found(await without('asset.sealed'))).toEqual([
      'chain chain-gap',
      'original index-differs',
      'original index-differs',
      'original not-sealed',
    ]);
  });

  it('without one of its assets is refused, however carefully it was taken out', async () => {
    const report = await altered((draft) => {
      draft.included = draft.included.filter((i) => eventOf(draft.log[i] as Uint8Array).chain !== `asset:${ASSETS[1]}`);
      draft.originals.delete(ASSETS[1]);
      draft.index = { ...draft.index, assets: draft.index.assets.slice(0, 1) };
    });
    expect(found(report)).toContain('completeness chain-missing');
    const alone = await altered((draft) => draft.originals.delete(ASSETS[1]));
    expect(found(alone)).toEqual(['packed packed-differs', 'original index-differs', 'original original-missing']);
  });

  it('with events of others, or of another case, is refused', async () => {
    const report = await altered((draft) => {
      draft.included = [...draft.included, 0, 2].sort((a, b) => a - b);
    });
    expect(found(report)).toEqual(['inclusion chain-foreign', 'inclusion chain-foreign']);
  });

  it('out of order is refused', async () => {
    const report = await altered((draft) => {
      const [a, b, ...rest] = draft.included as [number, number, ...number[]];
      draft.included = [b, a, ...rest];
    });
    expect(found(report)).toContain('inclusion index-wrong');
  });

  it('with an event rewritten is refused, though the log was signed again', async () => {
    const report = await altered((draft) =>
      rewrite(draft, 'asset.received', (event) => {
        event.public = { ...(event.public as object), size_bytes: 1 };
      }),
    );
    expect(found(report)).toEqual(
      expect.arrayContaining(['chain chain-broken', 'original original-size', 'original facts-contradict']),
    );
  });

  it('with the same event id twice, or an event that is not canonical, is refused', async () => {
    const twice = await altered((draft) =>
      rewrite(draft, 'asset.begun', (event) => {
        event.id = eventOf(draft.log[1] as Uint8Array).id;
      }),
    );
    expect(found(twice)).toContain('inclusion event-id-repeated');
    const spaced = await altered((draft) => {
      draft.log[1] = Buffer.from(JSON.stringify(eventOf(draft.log[1] as Uint8Array), null, 1));
    });
    expect(found(spaced)).toContain('inclusion event-not-canonical');
  });

  it('counts what is withheld, and refuses what was opened wrongly', async () => {
    const files = await pack(aDraft());
    const withheld = await check(rebag(new Map(files).set(PART.disclosures, Buffer.from('{}'))));
    expect(found(withheld)).toEqual([]);
    expect(withheld.counts).toMatchObject({ opened: 0, withheld: 5 });
    const text = Buffer.from(files.get(PART.disclosures) ?? [])
      .toString()
      .replace('无照经营', '有照经营');
    expect(found(await check(rebag(new Map(files).set(PART.disclosures, Buffer.from(text)))))).toEqual([
      'disclosures disclosure-wrong',
    ]);
    const [id] = [...aDraft().opened.keys()];
    const more = JSON.stringify({ [id as string]: { party: { salt: '', value: 1 } }, [CASE]: {} });
    expect(found(await check(rebag(new Map(files).set(PART.disclosures, Buffer.from(more)))))).toEqual([
      'disclosures disclosure-of-nothing',
      'disclosures disclosure-of-nothing',
    ]);
  });

  it('with a file more, or a list in another spelling, is refused', async () => {
    const files = await pack(aDraft());
    expect(found(await check(rebag(new Map(files).set('verify/run-me.exe', Buffer.from('x')))))).toEqual([
      'bag file-unknown',
    ]);
    const tags = Buffer.from(files.get('tagmanifest-sha256.txt') ?? []).toString();
    for (const other of [
      tags.toUpperCase().replaceAll(/ {2}.*/g, (path) => path.toLowerCase()),
      tags.replaceAll('\n', '\r'),
      tags.replace('  ', ' \t'),
    ])
      expect(found(await check(new Map(files).set('tagmanifest-sha256.txt', Buffer.from(other))))).toContain(
        'bag tag-manifest-respelled',
      );
  });

  it('that says of itself what the events do not say is refused', async () => {
    const asOf = await altered((draft) => {
      draft.index = { ...draft.index, as_of: { ...draft.index.as_of, at: '2026-11-22T08:00:00.000Z' } };
    });
    expect(found(asOf)).toEqual(['as-of index-differs']);
    const other = await altered((draft) => {
      draft.index = { ...draft.index, id: CASE };
    });
    expect(found(other)).toEqual([
      'inclusion chain-foreign',
      'completeness export-of-another',
      'packed packed-missing',
    ]);
  });

  it('whose disk fails is not checked, and not called bad', async () => {
    const files = await pack(aDraft());
    for (const path of files.keys()) {
      const bag = bagOf(files);
      const read = (wanted: string): AsyncIterable<Uint8Array> => {
        if (wanted === path) throw new Error('EIO');
        return bag.read(wanted);
      };
      const report = await verifyDossier({ list: () => bag.list(), read }, { ...nodeChecks, trust: policy });
      expect(`${path} ${report.verdict}`).toBe(`${path} NOT CHECKED`);
      expect(found(report)).not.toEqual([]);
    }
  });

  it('of hashes that come later is the same', async () => {
    const files = await pack(aDraft());
    const later = {
      ...nodeChecks.hashes,
      leafOfBlock: async (block: Uint8Array) => sha256(Uint8Array.of(0), block),
      hasherOf: (algorithm: Parameters<typeof nodeChecks.hashes.hasherOf>[0]) => {
        const hasher = nodeChecks.hashes.hasherOf(algorithm);
        return (
          hasher && {
            update: async (chunk: Uint8Array) => hasher.update(chunk),
            digestHex: async () => hasher.digestHex(),
          }
        );
      },
    };
    const report = await verifyDossier(bagOf(files, 7), { ...nodeChecks, hashes: later, trust: policy });
    expect(report).toEqual(await check(files));
  });

  it('has words for every reason', () => {
    for (const { zh, en } of [...Object.values(DOSSIER_TEXT), ...Object.values(ITEM_TEXT)]) {
      expect(zh).toMatch(/\p{sc=Han}/u);
      expect(en).toMatch(/^[A-Za-z]/);
    }
  });
});

describe('names of originals', () => {
  it.each([
    ['现场 1.mp4', '现场_1.mp4'],
    ['../../etc/passwd', '___.._etc_passwd'],
    ['.hidden', '_hidden'],
    ['a\\b:c*d?.jpg', 'a_b_c_d_.jpg'],
    ['', '_'],
    ['图\u202e4pm.exe', '图_4pm.exe'],
    [`${'长'.repeat(200)}.mp4`, `${'长'.repeat(78)}.mp4`],
    [`${'x'.repeat(200)}.mp4`, `${'x'.repeat(116)}.mp4`],
  ])('%s becomes %s', (sent, name) => expect(safeName(sent)).toBe(name));
});
