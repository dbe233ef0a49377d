// What someone may do to a dossier, and where it must be seen. `sealed again` means that he wrote all manifests anew, as
// anybody can; what is signed he can only make with stolen keys, and then it is said.
import {
  ASSETS,
  BLOCK,
  blockLeaves,
  CASE_ID,
  DOSSIER_ID,
  type Draft,
  digest,
  exported,
  exportHeads,
  type Files,
  type HandmadeAsset,
  handmadeDossier,
  type Json,
  LOG_KEY,
  leafHash,
  NoteKey,
  ORIGIN,
  ordinaryDrafts,
  policyOf,
  putJson,
  received,
  reseal,
  type SealedEvent,
  type Stamp,
  sealed,
  sha256,
  signedNote,
  textPath,
  uuid,
  WITNESSES,
  type ZipEntry,
  zipOf,
  zippedDossier,
} from '../../support/handmade-dossier.js';

export interface Manipulation {
  readonly name: string;
  readonly make: () => Files | Buffer;
  readonly links?: Readonly<Record<string, string>>;
  readonly step: number;
  readonly item: string;
  readonly reason: RegExp;
  readonly offset?: number;
}

const [RECORDING, NOTE] = ASSETS as [HandmadeAsset, HandmadeAsset];
const CASE = `case:${CASE_ID}`;
const ALL = ASSETS.map(({ id }) => id).sort();
const RECORDING_CHAIN = `asset:${RECORDING.id}`;
const RECORDING_PATH = `data/originals/${RECORDING.id}/${RECORDING.name}`;
const NOTE_PATH = `data/originals/${NOTE.id}/${NOTE.name}`;

/** Without time-stamps: whatever is wrong with such a dossier must be seen without them. */
const good = (): Files => handmadeDossier();

function changed(path: string, change: (bytes: Buffer) => Buffer, files = good()): Files {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`no ${path}`);
  return files.set(path, change(Buffer.from(bytes)));
}

const text = (change: (text: string) => string) => (bytes: Buffer) => Buffer.from(change(bytes.toString('utf8')));
const flipped = (at: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
};
const resealed = (path: string, change: (bytes: Buffer) => Buffer): Files => reseal(changed(path, change));
const lines = (change: (lines: string[]) => string[]) =>
  text((all) =>
    change(all.trimEnd().split('\n'))
      .map((line) => `${line}\n`)
      .join(''),
  );
const index = (change: (index: Record<string, never>) => void): Files =>
  resealed(
    'dossier.json',
    text((json) => {
      const value = JSON.parse(json);
      change(value);
      return `${JSON.stringify(value)}\n`;
    }),
  );

/** The archive itself lies: its events are other ones, rightly signed. */
const lying = (change: (drafts: Draft[]) => Draft[]): Files => handmadeDossier({ drafts: change(ordinaryDrafts()) });
const forced = (type: string, chain: string, force: Draft['force']): Files =>
  lying((drafts) => drafts.map((d) => (d.type === type && d.chain === chain && force ? { ...d, force } : d)));
const rewritten = (type: string, bytes: (canonical: string) => string): Files =>
  lying((drafts) => drafts.map((d) => (d.type === type && d.chain === CASE ? { ...d, bytes: text(bytes) } : d)));
const without = (left: (event: SealedEvent) => boolean): Files => handmadeDossier({ without: left });
const isLast = (type: string, seq: number) => (event: SealedEvent) => event.type === type && event.seq === seq;
const zipped = (change: (entries: ZipEntry[]) => ZipEntry[]): Buffer => zipOf(change(zippedDossier(good())));

const THIEF = new NoteKey(ORIGIN, 1, 66);
const OTHER_WITNESS = new NoteKey('witness-2.example', 4, 67);

const BAG: readonly Manipulation[] = [
  {
    name: 'a byte of an original is another',
    make: () => changed(RECORDING_PATH, flipped(BLOCK + 7)),
    ...{ step: 1, item: 'manifest-sha256.txt', reason: /another digest/ },
  },
  {
    name: 'an original is gone',
    make: () => {
      const files = good();
      files.delete(NOTE_PATH);
      return files;
    },
    ...{ step: 1, item: 'manifest-sha256.txt', reason: /missing/ },
  },
  {
    name: 'a file of no list is put among the originals',
    make: () => good().set(`data/originals/${NOTE.id}/second.txt`, Buffer.from('x')),
    ...{ step: 1, item: 'manifest-sha256.txt', reason: /is not in manifest/ },
  },
  {
    name: 'a tag file of no list is put in',
    make: () => good().set('proofs/timestamps/roots.pem', Buffer.from('x')),
    ...{ step: 1, item: 'tagmanifest-sha256.txt', reason: /is not in tagmanifest/ },
  },
  {
    name: 'a tag file is another',
    make: () =>
      changed(
        'policy/trust.policy',
        text((policy) => `# more\n${policy}`),
      ),
    ...{ step: 1, item: 'tagmanifest-sha256.txt', reason: /another digest/ },
  },
  {
    name: 'a file the format does not know is put in, sealed again',
    make: () => reseal(good().set('data/more.bin', Buffer.from('x'))),
    ...{ step: 1, item: 'bag', reason: /no file of a dossier/ },
  },
  {
    name: 'fetch.txt',
    make: () => reseal(good().set('fetch.txt', Buffer.from('http://127.0.0.1/x 1 data/documents/x\n'))),
    ...{ step: 1, item: 'bag', reason: /fetch\.txt/ },
  },
  {
    name: 'a symbolic link in place of a file',
    make: () => {
      const files = good();
      files.delete(NOTE_PATH);
      return files;
    },
    links: { [NOTE_PATH]: '/etc/hostname' },
    ...{ step: 1, item: 'bag', reason: /link/ },
  },
  {
    name: 'a symbolic link in place of a folder',
    make: good,
    links: { 'data/more': '/etc' },
    ...{ step: 1, item: 'bag', reason: /link/ },
  },
  {
    name: 'a manifest with a path that leaves the bag',
    make: () =>
      changed(
        'manifest-sha256.txt',
        text((all) => `${all}${'0'.repeat(64)}  data/../../etc/passwd\n`),
      ),
    ...{ step: 1, item: 'manifest-sha256.txt', reason: /leaves the bag/ },
  },
  {
    name: 'the SM3 of a file is another',
    make: () => {
      const files = changed(
        'proofs/manifest-sm3.txt',
        text((all) => all.replace(/^./, (c) => (c === '0' ? '1' : '0'))),
      );
      return withTagDigest(files, 'proofs/manifest-sm3.txt');
    },
    ...{ step: 1, item: 'proofs/manifest-sm3.txt', reason: /another digest/ },
  },
  {
    name: 'the Payload-Oxum is another',
    make: () =>
      withTagDigest(
        changed(
          'bag-info.txt',
          text((all) => all.replace('.5', '.6')),
        ),
        'bag-info.txt',
      ),
    ...{ step: 1, item: 'bag', reason: /Payload-Oxum/ },
  },
  {
    name: 'another BagIt version',
    make: () =>
      withTagDigest(
        changed(
          'bagit.txt',
          text((all) => all.replace('1.0', '0.97')),
        ),
        'bagit.txt',
      ),
    ...{ step: 1, item: 'bag', reason: /BagIt 1\.0/ },
  },
];

const SPELLING: readonly Manipulation[] = [
  {
    name: 'the tag manifest is sorted another way',
    make: () =>
      changed(
        'tagmanifest-sha256.txt',
        lines((all) => all.reverse()),
      ),
    ...{ step: 1, item: 'tagmanifest-sha256.txt', reason: /spelled/ },
  },
  {
    name: 'the tag manifest is in capitals',
    make: () =>
      changed(
        'tagmanifest-sha256.txt',
        text((all) => all.replace(/^.{64}/gm, (hex) => hex.toUpperCase())),
      ),
    ...{ step: 1, item: 'tagmanifest-sha256.txt', reason: /spelled/ },
  },
  {
    name: 'the tag manifest has other spaces',
    make: () =>
      changed(
        'tagmanifest-sha256.txt',
        text((all) => all.replace('  ', '\t')),
      ),
    ...{ step: 1, item: 'tagmanifest-sha256.txt', reason: /spelled/ },
  },
];

const ZIP: readonly Manipulation[] = [
  {
    name: 'zip: an entry that leaves the folder',
    make: () => zipped((all) => [...all, { name: 'dossier/../../escaped.txt', bytes: Buffer.from('x') }]),
    ...{ step: 1, item: 'bag', reason: /leaves the bag/ },
  },
  {
    name: 'zip: a second top folder',
    make: () => zipped((all) => [...all, { name: 'other/x', bytes: Buffer.from('x') }]),
    ...{ step: 1, item: 'bag', reason: /one folder at its top/ },
  },
  {
    name: 'zip: one name twice',
    make: () => zipped((all) => [...all, { name: 'dossier/dossier.json', bytes: Buffer.from('{}\n') }]),
    ...{ step: 1, item: 'bag', reason: /comes twice/ },
  },
  {
    name: 'zip: two names that differ by case',
    make: () => zipped((all) => [...all, { name: 'dossier/DOSSIER.json', bytes: Buffer.from('{}\n') }]),
    ...{ step: 1, item: 'bag', reason: /one name on some systems/ },
  },
  {
    name: 'zip: a link',
    make: () => zipped((all) => [...all, { name: 'dossier/l', bytes: Buffer.from('/etc'), mode: 0o120777 }]),
    ...{ step: 1, item: 'bag', reason: /link/ },
  },
  {
    name: 'zip: a compressed entry',
    make: () => zipped((all) => all.map((entry, n) => (n === 0 ? { ...entry, method: 8 } : entry))),
    ...{ step: 1, item: 'bag', reason: /not stored/ },
  },
  {
    name: 'zip: bytes after the end',
    make: () => Buffer.concat([zipped((all) => all), Buffer.from('more')]),
    ...{ step: 1, item: 'bag', reason: /does not end/ },
  },
  {
    name: 'zip: bytes before the beginning',
    make: () => Buffer.concat([Buffer.from('more'), zipped((all) => all)]),
    ...{ step: 1, item: 'bag', reason: /between/ },
  },
  {
    name: 'zip: cut off',
    make: () => zipped((all) => all).subarray(0, -100),
    ...{ step: 1, item: 'bag', reason: /does not end/ },
  },
  {
    name: 'zip: a local header says another name',
    make: () => {
      const zip = zipped((all) => all);
      zip.write('N', zip.indexOf('dossier/dossier.json') + 'dossier/dossier.jso'.length);
      return zip;
    },
    ...{ step: 1, item: 'bag', reason: /another name/ },
  },
];

const SIGNATURES: readonly Manipulation[] = [
  {
    name: 'the signature of the log is another',
    make: () =>
      resealed(
        'proofs/checkpoint',
        text((note) => swapInSignature(note, 0)),
      ),
    ...{ step: 3, item: 'checkpoint', reason: /does not verify/ },
  },
  {
    name: 'the cosignature of a witness is another, though the others would be enough',
    make: () =>
      resealed(
        'proofs/checkpoint',
        text((note) => swapInSignature(note, 1)),
      ),
    ...{ step: 3, item: 'checkpoint', reason: /does not verify/ },
  },
  {
    name: 'signed by a thief, with his own policy in the package',
    make: () => handmadeDossier({ signers: [THIEF, ...WITNESSES], policy: policyOf(THIEF, WITNESSES) }),
    ...{ step: 3, item: 'checkpoint', reason: /not signed by a trusted key/ },
  },
  {
    name: 'no cosignature',
    make: () => handmadeDossier({ signers: [LOG_KEY] }),
    ...{ step: 3, item: 'checkpoint', reason: /quorum/ },
  },
  {
    name: 'one witness of the two wanted, twice',
    make: () => handmadeDossier({ signers: [LOG_KEY, ...WITNESSES.slice(0, 1), ...WITNESSES.slice(0, 1)] }),
    ...{ step: 3, item: 'checkpoint', reason: /quorum/ },
  },
  {
    name: 'a witness called as a trusted one, with another key',
    make: () => handmadeDossier({ signers: [LOG_KEY, ...WITNESSES.slice(1, 2), OTHER_WITNESS] }),
    ...{ step: 3, item: 'checkpoint', reason: /quorum/ },
  },
  {
    name: 'a history of its own, with the stolen key of the log',
    make: () =>
      handmadeDossier({
        drafts: ordinaryDrafts().filter(({ type }) => type !== 'case.changed'),
        ...{ signers: [LOG_KEY, OTHER_WITNESS], policy: policyOf(LOG_KEY, [OTHER_WITNESS], 1) },
      }),
    ...{ step: 3, item: 'checkpoint', reason: /quorum/ },
  },
  {
    name: 'the checkpoint is of another log',
    make: () =>
      resealed('proofs/checkpoint', () => Buffer.from(signedNote(`other/log\n0\n${EMPTY_ROOT}\n`, [LOG_KEY]))),
    ...{ step: 3, item: 'checkpoint', reason: /other\/log/ },
  },
  {
    name: 'the checkpoint has a carriage return',
    make: () =>
      resealed(
        'proofs/checkpoint',
        text((note) => note.replace('\n', '\r\n')),
      ),
    ...{ step: 3, item: 'checkpoint', reason: /control character/ },
  },
  {
    name: 'the size of the checkpoint has a leading zero',
    make: () =>
      resealed('proofs/checkpoint', () => Buffer.from(signedNote(`${ORIGIN}\n00\n${EMPTY_ROOT}\n`, [LOG_KEY]))),
    ...{ step: 3, item: 'checkpoint', reason: /size/ },
  },
];

const PROOFS: readonly Manipulation[] = [
  {
    name: 'a hash of a proof is another',
    make: () =>
      inclusion((rows) => rows.map((row, n) => (n === 3 ? { ...row, proof: [...row.proof.slice(1), row.root] } : row))),
    ...{ step: 4, item: 'inclusion', reason: /line 4 .*another root/ },
  },
  {
    name: 'a proof is shorter',
    make: () => inclusion((rows) => rows.map((row) => ({ ...row, proof: row.proof.slice(0, -1) }))),
    ...{ step: 4, item: 'inclusion', reason: /too short/ },
  },
  {
    name: 'a proof is longer',
    make: () => inclusion((rows) => rows.map((row) => ({ ...row, proof: [...row.proof, row.root] }))),
    ...{ step: 4, item: 'inclusion', reason: /too long/ },
  },
  {
    name: 'two proofs change places',
    make: () =>
      resealed(
        'proofs/inclusion.jsonl',
        lines(([a = '', b = '', ...rest]) => [b, a, ...rest]),
      ),
    ...{ step: 4, item: 'inclusion', reason: /leaf hash/ },
  },
  {
    name: 'an event without a proof',
    make: () =>
      resealed(
        'proofs/inclusion.jsonl',
        lines((all) => all.slice(0, -1)),
      ),
    ...{ step: 4, item: 'inclusion', reason: /proofs/ },
  },
  {
    name: 'the proofs are of another size',
    make: () => inclusion((rows) => rows.map((row) => ({ ...row, size: row.size + 1 }))),
    ...{ step: 4, item: 'inclusion', reason: /size or root/ },
  },
  {
    name: 'two events change places',
    make: () =>
      resealed(
        'proofs/events.jsonl',
        lines(([a = '', b = '', ...rest]) => [b, a, ...rest]),
      ),
    ...{ step: 4, item: 'events', reason: /after/ },
  },
  {
    name: 'an event says something else',
    make: () =>
      resealed(
        'proofs/events.jsonl',
        lines((all) => all.map((line, n) => (n === 2 ? otherLeaf(line) : line))),
      ),
    ...{ step: 4, item: 'inclusion', reason: /line 3 .*leaf hash/ },
  },
  {
    name: 'a line with one key twice',
    make: () =>
      resealed(
        'proofs/events.jsonl',
        text((all) => all.replace('{"index":', '{"index":1,"index":')),
      ),
    ...{ step: 4, item: 'events', reason: /twice/ },
  },
  {
    name: 'base64 in another spelling',
    make: () =>
      resealed(
        'proofs/events.jsonl',
        text((all) => all.replace(/"}\n$/, '\\n"}\n')),
      ),
    ...{ step: 4, item: 'events', reason: /base64/ },
  },
  {
    name: 'no events at all',
    make: () =>
      reseal(good().set('proofs/events.jsonl', Buffer.alloc(0)).set('proofs/inclusion.jsonl', Buffer.alloc(0))),
    ...{ step: 4, item: 'events', reason: /no events/ },
  },
];

const CHAINS: readonly Manipulation[] = [
  {
    name: 'an event of the case is left out',
    make: () => without(isLast('case.asset_linked', 3)),
    ...{ step: 5, item: CASE, reason: /event 3 of 9 is missing/ },
  },
  {
    name: 'the first event of an asset is left out',
    make: () => without(isLast('asset.begun', 1)),
    ...{ step: 5, item: RECORDING_CHAIN, reason: /event 1 of 4 is missing/ },
  },
  {
    name: 'an event of an account is carried',
    make: () => lying((drafts) => drafts.map((draft) => ({ ...draft, isElsewhere: false }))),
    ...{ step: 5, item: 'which chains', reason: /^account:/ },
  },
  {
    name: 'an event follows on another than the one before',
    make: () => forced('case.changed', CASE, { chain_prev: digest(leafHash(Buffer.from('x'))) }),
    ...{ step: 5, item: CASE, reason: /does not follow/ },
  },
  {
    name: 'two events with one number',
    make: () => forced('case.changed', CASE, { chain_seq: 7 }),
    ...{ step: 5, item: CASE, reason: /7 comes after 7/ },
  },
  {
    name: 'two events with one id',
    make: () => forced('case.changed', CASE, { id: uuid(1_001) }),
    ...{ step: 5, item: 'event bytes', reason: /one id/ },
  },
  {
    name: 'a leaf with white space',
    make: () => rewritten('case.changed', (json) => json.replace(',', ', ')),
    ...{ step: 5, item: 'event bytes', reason: /canonical/ },
  },
  {
    name: 'a leaf with one key twice',
    make: () => rewritten('case.changed', (json) => json.replace('{', '{"actor":"x",')),
    ...{ step: 5, item: 'event bytes', reason: /twice/ },
  },
  {
    name: 'a leaf with a broken number',
    make: () => forced('case.changed', CASE, { public: { weight: 1.5 } }),
    ...{ step: 5, item: 'event bytes', reason: /not whole/ },
  },
  {
    name: 'a leaf with a field more',
    make: () => forced('case.changed', CASE, { extra: 1 }),
    ...{ step: 5, item: 'event bytes', reason: /unknown/ },
  },
  {
    name: 'a leaf with a lone surrogate',
    make: () => rewritten('case.changed', (json) => json.replace('"v":1', '"v":"\\ud800"')),
    ...{ step: 5, item: 'event bytes', reason: /surrogate/ },
  },
];

const COMPLETENESS: readonly Manipulation[] = [
  {
    name: 'the last event of an asset is left out',
    make: () => without(isLast('asset.sealed', 4)),
    ...{ step: 6, item: 'completeness', reason: /ends at 3 of 4/ },
  },
  {
    name: 'an asset is left out, with its events',
    make: () =>
      handmadeDossier({
        drafts: ordinaryDrafts().map((d) => (d.chain === `asset:${NOTE.id}` ? { ...d, isElsewhere: true } : d)),
        assets: ASSETS.filter((asset) => asset !== NOTE),
      }),
    ...{ step: 6, item: 'completeness', reason: /named by the export and is missing/ },
  },
  {
    name: 'an asset is left out, and the export itself does not name it',
    make: () => {
      const assets = ASSETS.filter((asset) => asset !== NOTE);
      const left = (d: Draft): Draft => (d.chain === `asset:${NOTE.id}` ? { ...d, isElsewhere: true } : d);
      const drafts = ordinaryDrafts().map(left);
      return handmadeDossier({ assets, drafts: [...drafts, exported(assets.map(({ id }) => id).sort())] });
    },
    ...{ step: 6, item: 'completeness', reason: /belongs to the case and is not named/ },
  },
  {
    name: 'the export is left out',
    make: () => without(isLast('case.exported', 9)),
    ...{ step: 6, item: 'completeness', reason: /case\.changed, not in case\.exported/ },
  },
  {
    name: 'cut back to an earlier export',
    make: () => without(({ chain, seq }) => chain === CASE && seq > 7),
    ...{ step: 6, item: 'completeness', reason: /another dossier/ },
  },
  {
    name: 'another dossier than the export is of',
    make: () => handmadeDossier({ dossierId: uuid(13) }),
    ...{ step: 6, item: 'completeness', reason: /another dossier/ },
  },
  {
    name: 'an asset of another case is put in',
    make: () => withAsset({ id: uuid(28), name: 'x.txt', bytes: Buffer.from('x') }, []),
    ...{ step: 6, item: 'completeness', reason: /named by the export and does not belong/ },
  },
  {
    name: 'the export names an older head than the asset has',
    make: () => lying((drafts) => [...drafts, { type: 'asset.looked', chain: RECORDING_CHAIN }]),
    ...{ step: 6, item: 'completeness', reason: /does not end at the head/ },
  },
  {
    name: 'the heads are not sorted',
    make: () => lying((drafts) => [...drafts, exported(ASSETS.map(({ id }) => id).reverse())]),
    ...{ step: 6, item: 'completeness', reason: /not sorted/ },
  },
  {
    name: 'some of the heads are of another export',
    make: () => lying((drafts) => [...drafts, exportHeads(ALL.slice(0, 2), uuid(13)), { ...exported(ALL.slice(2)) }]),
    ...{ step: 6, item: 'completeness', reason: /carried and not named|belongs to the case and is not named/ },
  },
  {
    name: 'an event stands between the heads and the export',
    make: () =>
      lying((drafts) => [
        ...drafts,
        exportHeads(ALL.slice(0, 2)),
        { type: 'case.changed', chain: CASE },
        exported(ALL.slice(2)),
      ]),
    ...{ step: 6, item: 'completeness', reason: /carried and not named|belongs to the case and is not named/ },
  },
  {
    name: 'the assets of dossier.json are in another order',
    make: () => index(({ assets }) => (assets as Json[] | undefined)?.reverse()),
    ...{ step: 6, item: 'dossier.json', reason: /not sorted/ },
  },
  {
    name: 'dossier.json says another time',
    make: () => index((value) => Object.assign(value.as_of ?? {}, { at: '2027-01-01T00:00:00.000Z' })),
    ...{ step: 6, item: 'completeness', reason: /another time/ },
  },
  {
    name: 'dossier.json says another size',
    make: () => index((value) => Object.assign(value.as_of ?? {}, { size: 9_999 })),
    ...{ step: 6, item: 'completeness', reason: /another size/ },
  },
  {
    name: 'dossier.json is no JSON',
    make: () => resealed('dossier.json', () => Buffer.from(`${'['.repeat(200_000)}\n`)),
    ...{ step: 6, item: 'dossier.json', reason: /./ },
  },
  {
    name: 'dossier.json has a field more',
    make: () => index((value) => Object.assign(value, { note: 'believe me' })),
    ...{ step: 6, item: 'dossier.json', reason: /unknown/ },
  },
];

const ORIGINALS: readonly Manipulation[] = [
  {
    name: 'a byte of an original is another, sealed again',
    make: () => resealed(RECORDING_PATH, flipped(BLOCK + 7)),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /block 1 is the first bad one/, offset: BLOCK },
  },
  {
    name: 'the first byte of an original is another, sealed again',
    make: () => resealed(RECORDING_PATH, flipped(0)),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /block 0 is the first bad one/, offset: 0 },
  },
  {
    name: 'an original is shorter, sealed again',
    make: () => resealed(RECORDING_PATH, (bytes) => bytes.subarray(0, -1)),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /bytes where/, offset: BLOCK + 99 },
  },
  {
    name: 'an original is longer, sealed again',
    make: () => resealed(RECORDING_PATH, (bytes) => Buffer.concat([bytes, Buffer.alloc(2 * BLOCK)])),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /bytes where/, offset: BLOCK + 100 },
  },
  {
    name: 'an original is gone, sealed again',
    make: () => {
      const files = good();
      files.delete(NOTE_PATH);
      return reseal(files);
    },
    ...{ step: 7, item: `asset:${NOTE.id}`, reason: /missing/ },
  },
  {
    name: 'a second file beside an original, sealed again',
    make: () => reseal(good().set(`data/originals/${NOTE.id}/a.txt`, Buffer.from('x'))),
    ...{ step: 7, item: 'files of assets', reason: /2 files/ },
  },
  {
    name: 'a file of an unknown asset, sealed again',
    make: () => reseal(good().set(`data/originals/${uuid(27)}/a.txt`, Buffer.from('x'))),
    ...{ step: 7, item: 'files of assets', reason: /no asset of this dossier/ },
  },
  {
    name: 'two originals change places, sealed again',
    make: () => {
      const [first, second] = ASSETS as [HandmadeAsset, HandmadeAsset];
      const files = good();
      return reseal(files.set(RECORDING_PATH, second.bytes).set(NOTE_PATH, first.bytes));
    },
    ...{ step: 7, item: `asset:${NOTE.id}`, reason: /SHA-256/ },
  },
  {
    name: 'dossier.json points at the original of another asset',
    make: () => index(({ assets }) => Object.assign(assets?.[0] ?? {}, { path: NOTE_PATH })),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /not in its folder/ },
  },
  {
    name: 'dossier.json says another SM3',
    make: () => index(({ assets }) => Object.assign(assets?.[0] ?? {}, { sm3: `sm3:${'0'.repeat(64)}` })),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /sm3 in dossier\.json/ },
  },
  {
    name: 'the list of blocks is another, sealed again',
    make: () => resealed(`proofs/blocks/${RECORDING.id}`, flipped(40)),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /list of blocks/ },
  },
  {
    name: 'original and list of blocks are others that fit each other, sealed again',
    make: () => {
      const bytes = Buffer.alloc(RECORDING.bytes.length, 'another film');
      const files = good().set(RECORDING_PATH, bytes);
      return reseal(files.set(`proofs/blocks/${RECORDING.id}`, Buffer.concat(blockLeaves(bytes))));
    },
    ...{ step: 7, item: RECORDING_CHAIN, reason: /which block/ },
  },
  {
    name: 'an asset in quarantine',
    make: () =>
      lying((drafts) => [
        ...drafts,
        { type: 'asset.quarantined', chain: RECORDING_CHAIN, public: { difference: 'size' } },
        exported(ALL),
      ]),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /quarantined/ },
  },
  {
    name: 'an asset that was never sealed',
    make: () =>
      lying((drafts) => drafts.filter(({ type, chain }) => type !== 'asset.sealed' || chain !== RECORDING_CHAIN)),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /not sealed/ },
  },
  {
    name: 'a seal over other bytes than were received',
    make: () => lying((drafts) => drafts.map((d) => (isSealOfRecording(d) ? otherSeal() : d))),
    ...{ step: 7, item: RECORDING_CHAIN, reason: /block_root in asset\.sealed/ },
  },
];

const DISCLOSURES: readonly Manipulation[] = [
  {
    name: 'an opened field has another value',
    make: () =>
      resealed(
        'proofs/disclosures.json',
        text((all) => all.replace('某某案（更正）', '别的案')),
      ),
    ...{ step: 8, item: 'disclosures', reason: /not what was committed/ },
  },
  {
    name: 'an opened field has another salt',
    make: () =>
      resealed(
        'proofs/disclosures.json',
        text((all) => all.replace(/"salt": "[^"]+"/, `"salt": "${EMPTY_ROOT}"`)),
      ),
    ...{ step: 8, item: 'disclosures', reason: /not what was committed/ },
  },
  {
    name: 'a field that was never committed to is opened',
    make: () =>
      resealed(
        'proofs/disclosures.json',
        text((all) => all.replace('"title"', '"verdict"')),
      ),
    ...{ step: 8, item: 'disclosures', reason: /no field/ },
  },
  {
    name: 'a field of an unknown event is opened',
    make: () => {
      const files = good();
      putJson(files, 'proofs/disclosures.json', { [uuid(99)]: { title: { salt: EMPTY_ROOT, value: 'x' } } as Json });
      return reseal(files);
    },
    ...{ step: 8, item: 'disclosures', reason: /no event of this dossier/ },
  },
];

const PACKED = { step: 6, item: 'packed', reason: /not the one that was recorded/ } as const;
const TEXT = { step: 7, item: `rendition:${NOTE.id}/text` } as const;
const inPlaceOfPacked = (change: (packed: Draft) => readonly Draft[]): Files => handmadeDossier({ packed: change });

const DERIVED: readonly Manipulation[] = [
  {
    name: 'a list is another, sealed again',
    make: () => resealed('data/documents/卷内目录.pdf', () => Buffer.from('%PDF-1.7 another')),
    ...PACKED,
  },
  {
    name: 'a list is gone, sealed again',
    make: () => {
      const files = good();
      files.delete('data/documents/卷内目录.pdf');
      return reseal(files);
    },
    ...PACKED,
  },
  {
    name: 'a list more, sealed again',
    make: () => reseal(good().set('data/documents/more.pdf', Buffer.from('x'))),
    ...PACKED,
  },
  {
    name: 'the manifest is spelled another way',
    make: () =>
      withTagDigest(
        changed(
          'manifest-sha256.txt',
          lines((all) => all.reverse()),
        ),
        'manifest-sha256.txt',
      ),
    ...PACKED,
  },
  {
    name: 'no event says what was put in',
    make: () => inPlaceOfPacked(() => []),
    ...{ step: 6, item: 'packed', reason: /no event/ },
  },
  {
    name: 'the event of what was put in is left out',
    make: () => without(({ type }) => type === 'dossier.packed'),
    ...{ step: 6, item: 'packed', reason: /no event/ },
  },
  {
    name: 'another event in the chain of the dossier',
    make: () => inPlaceOfPacked((packed) => [{ ...packed, type: 'dossier.opened' }, packed]),
    ...{ step: 6, item: 'packed', reason: /in the chain of the dossier/ },
  },
  {
    name: 'what was put in is of another case',
    make: () =>
      inPlaceOfPacked((packed) => [{ ...packed, public: { ...(packed.public as object), case: uuid(99) } as Json }]),
    ...{ step: 6, item: 'packed', reason: /another case/ },
  },
  {
    name: 'what was put in is that of an earlier packing',
    make: () =>
      inPlaceOfPacked((packed) => [packed, { ...packed, public: { case: CASE_ID, manifest: digest(sha256()) } }]),
    ...PACKED,
  },
  {
    name: 'the chain of another dossier',
    make: () => inPlaceOfPacked((packed) => [packed, { ...packed, chain: `dossier:${uuid(98)}` }]),
    ...{ step: 5, item: 'which chains', reason: /^dossier:/ },
  },
  {
    name: 'a rendition is another, sealed again',
    make: () => resealed(textPath(NOTE.id), () => Buffer.from('another')),
    ...{ ...TEXT, reason: /not those that were made/ },
  },
  {
    name: 'a rendition is gone, sealed again',
    make: () => {
      const files = good();
      files.delete(textPath(NOTE.id));
      return reseal(files);
    },
    ...{ ...TEXT, reason: /chosen and is not there/ },
  },
  {
    name: 'a file more in a rendition, sealed again',
    make: () => reseal(good().set(`${textPath(NOTE.id)}x`, Buffer.from('x'))),
    ...{ ...TEXT, reason: /not those that were made/ },
  },
  {
    name: 'a rendition that the export did not choose, sealed again',
    make: () => {
      const bytes = good().get(textPath(NOTE.id)) ?? Buffer.alloc(0);
      return reseal(good().set(textPath(NOTE.id).replace('/text/', '/poster/'), bytes));
    },
    ...{ step: 7, item: `rendition:${NOTE.id}/poster`, reason: /did not choose/ },
  },
  {
    name: 'a rendition that nobody made, sealed again',
    make: () => reseal(good().set(textPath(RECORDING.id), Buffer.from('x'))),
    ...{ step: 7, item: `rendition:${RECORDING.id}/text`, reason: /no event of its making/ },
  },
  {
    name: 'dossier.json says another tool',
    make: () =>
      index(({ renditions }) => Object.assign((renditions as Json[] | undefined)?.[0] ?? {}, { tool: 'gimp' })),
    ...{ ...TEXT, reason: /made otherwise/ },
  },
  {
    name: 'dossier.json names no rendition',
    make: () => index((value) => Object.assign(value, { renditions: [] })),
    ...{ ...TEXT, reason: /does not name it/ },
  },
  {
    name: 'the export names no kinds of renditions',
    make: () => forced('case.exported', CASE, { public: { dossier: DOSSIER_ID, heads: [] } }),
    ...{ step: 6, item: 'completeness', reason: /no kinds/ },
  },
];

export const MANIPULATIONS = [
  BAG,
  SPELLING,
  ZIP,
  SIGNATURES,
  PROOFS,
  CHAINS,
  COMPLETENESS,
  ORIGINALS,
  DERIVED,
  DISCLOSURES,
].flat();

/** Needs stamps, and so is made when there are some: over the note given, by a trusted authority and by another. */
export function stampManipulations(stamps: {
  good: Stamp;
  foreign: Stamp;
  larger: Stamp;
  fork: Stamp;
}): Manipulation[] {
  const stamped = (stamp: Stamp): Files => handmadeDossier({ stamps: [stamp] });
  const { good: fine, foreign, larger, fork } = stamps;
  // In the signature, which comes last: much of what comes before is signed by nobody, such as the root sent along.
  const at = fine.token.length - 10;
  return [
    {
      name: 'a time-stamp over another note',
      make: () => stamped({ ...fine, note: foreign.note }),
      ...{ step: 9, item: 'time-stamp 1', reason: /./ },
    },
    {
      name: 'a byte of a time-stamp is another',
      make: () => stamped({ ...fine, token: flipped(at)(Buffer.from(fine.token)) }),
      ...{ step: 9, item: 'time-stamp 1', reason: /./ },
    },
    {
      name: 'a time-stamp of another authority',
      make: () => stamped(foreign),
      ...{ step: 9, item: 'time-stamp 1', reason: /verify/ },
    },
    {
      name: 'a time-stamp over a later checkpoint than that of the dossier',
      make: () => stamped(larger),
      ...{ step: 9, item: 'time-stamp 1', reason: /later/ },
    },
    {
      name: 'a time-stamp over a fork',
      make: () => stamped(fork),
      ...{ step: 9, item: 'time-stamp 1', reason: /fork/ },
    },
    {
      name: 'the proof that the log grew from the stamped tree is another',
      make: () => {
        const files = stamped(fine);
        const path = 'proofs/timestamps/1.consistency.json';
        return reseal(
          changed(
            path,
            text((json) => json.replace(/"proof": \[\s*"[^"]*"/, `"proof": ["${EMPTY_ROOT}"`)),
            files,
          ),
        );
      },
      ...{ step: 9, item: 'time-stamp 1', reason: /no beginning/ },
    },
    {
      name: 'a time-stamp without its note',
      make: () => {
        const files = stamped(fine);
        files.delete('proofs/timestamps/1.note');
        return reseal(files);
      },
      ...{ step: 9, item: 'time-stamp 1', reason: /missing/ },
    },
    {
      name: 'the first of two time-stamps is gone',
      make: () => {
        const files = handmadeDossier({ stamps: [fine, fine] });
        for (const end of ['tsr', 'note', 'consistency.json']) files.delete(`proofs/timestamps/1.${end}`);
        return reseal(files);
      },
      ...{ step: 9, item: 'time-stamp 2', reason: /time-stamp 1 is missing/ },
    },
  ];
}

/** Root of the tree of no leaves, in base64. */
const EMPTY_ROOT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

function withTagDigest(files: Files, path: string): Files {
  const wanted = digest(sha256(files.get(path) ?? Buffer.alloc(0))).slice('sha256:'.length);
  return changed(
    'tagmanifest-sha256.txt',
    text((all) => all.replace(new RegExp(`^.{64}  ${path}$`, 'm'), `${wanted}  ${path}`)),
    files,
  );
}

function swapInSignature(note: string, line: number): string {
  const [body = '', signatures = ''] = note.split('\n\n');
  const bent = signatures
    .trimEnd()
    .split('\n')
    .map((one, n) =>
      n === line ? one.replace(/.(.{8})$/, (last, tail) => `${last.startsWith('A') ? 'B' : 'A'}${tail}`) : one,
    );
  return `${body}\n\n${bent.join('\n')}\n`;
}

interface ProofRow {
  readonly size: number;
  readonly root: string;
  readonly proof: readonly string[];
}

function inclusion(change: (rows: ProofRow[]) => ProofRow[]): Files {
  return resealed(
    'proofs/inclusion.jsonl',
    lines((all) => change(all.map((line) => JSON.parse(line))).map((row) => JSON.stringify(row))),
  );
}

function otherLeaf(line: string): string {
  const { index: at, leaf } = JSON.parse(line);
  const bytes = Buffer.from(leaf, 'base64').toString('utf8').replace('"v":1', '"v":2');
  return JSON.stringify({ index: at, leaf: Buffer.from(bytes).toString('base64') });
}

function withAsset(asset: HandmadeAsset, links: readonly Draft[]): Files {
  const assets = [...ASSETS, asset];
  const own: Draft[] = [received(asset), ...links, sealed(asset)];
  return handmadeDossier({
    assets,
    drafts: [...ordinaryDrafts(), ...own, exported(assets.map(({ id }) => id).sort())],
  });
}

const isSealOfRecording = ({ type, chain }: Draft): boolean => type === 'asset.sealed' && chain === RECORDING_CHAIN;

function otherSeal(): Draft {
  return sealed({ ...RECORDING, bytes: Buffer.from('another film') });
}

export const zippedWith = (files: Files): Buffer => zipOf(zippedDossier(files));
