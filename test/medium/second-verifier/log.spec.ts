import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  checkpointText,
  LOG_KEY,
  leafHash,
  NoteKey,
  ORIGIN,
  signedNote,
  treeRoot,
} from '../../support/handmade-dossier.js';
import { secondVerifier } from '../../support/second-verifier.js';

const TOKEN = 'secret-of-the-auditor';
const PIN = ['--vkey', LOG_KEY.vkey];

/** What a log serves, by path (C2SP tlog-tiles), made by hand. */
let served: Map<string, Buffer>;
let asked: string[];
let server: Server;
let url: string;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-mirror-'));
  server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/log/', '');
    asked.push(path);
    const isOpen = !path.startsWith('tile/entries/') || request.headers.authorization === `Bearer ${TOKEN}`;
    const found = served.get(path);
    if (!isOpen) return response.writeHead(401).end();
    if (found === undefined) return response.writeHead(404).end();
    if (!path.startsWith('tile/entries/')) return response.writeHead(200).end(found);
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(found));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`;
});

beforeEach(() => {
  asked = [];
});

afterAll(async () => {
  await new Promise((done) => server.close(done));
  await rm(dir, { recursive: true, force: true });
});

const entry = (n: number): Buffer => Buffer.from(`{"n":${n}}`);
const entriesTo = (size: number): Buffer[] => Array.from({ length: size }, (_, n) => entry(n));

function serve(entries: readonly Buffer[], key = LOG_KEY): Map<string, Buffer> {
  const leaves = entries.map(leafHash);
  const files = new Map([['checkpoint', Buffer.from(signedNote(checkpointText(leaves), [key]))]]);
  let nodes: Buffer[] = leaves;
  for (let level = 0; nodes.length > 0; level++) {
    const above: Buffer[] = [];
    for (let at = 0; at < nodes.length; at += 256) {
      const tile = nodes.slice(at, at + 256);
      files.set(pathOf(String(level), at / 256, tile.length), Buffer.concat(tile));
      if (tile.length === 256) above.push(treeRoot(tile));
      if (level > 0) continue;
      const bundle = entries.slice(at, at + 256).flatMap((one) => [Buffer.of(one.length >> 8, one.length & 255), one]);
      files.set(pathOf('entries', at / 256, tile.length), Buffer.concat(bundle));
    }
    nodes = above;
  }
  return files;
}

/** As the specification's example: 1234067 is x001/x234/067. */
function pathOf(kind: string, number: number, width: number): string {
  const low = String(number % 1_000).padStart(3, '0');
  const high = number < 1_000 ? '' : `x${String(Math.floor(number / 1_000)).padStart(3, '0')}/`;
  return `tile/${kind}/${high}${low}${width < 256 ? `.p/${width}` : ''}`;
}

let mirrors = 0;
const newMirror = (): string => join(dir, `mirror-${++mirrors}`);

async function keptNote(entries: readonly Buffer[], key = LOG_KEY): Promise<string> {
  const path = join(dir, `note-${++mirrors}`);
  await writeFile(path, signedNote(checkpointText(entries.map(leafHash)), [key]));
  return path;
}

describe('mirror', () => {
  it.each([0, 1, 255, 256, 600, 66_000])('copies and checks a log of %i entries', async (size) => {
    served = serve(entriesTo(size));
    const mirror = newMirror();
    const { code, report } = await secondVerifier('mirror', url, mirror, ...PIN, '--token', TOKEN);
    expect(report.items.filter(({ result }) => result !== 'PASS')).toEqual([]);
    expect(code).toBe(0);
    for (const [path, bytes] of served) expect(await readFile(join(mirror, path))).toEqual(bytes);
  });

  it('is not fully checked without the key or without the entries', async () => {
    served = serve(entriesTo(300));
    const keyless = await secondVerifier('mirror', url, newMirror(), '--token', TOKEN);
    const entryless = await secondVerifier('mirror', url, newMirror(), ...PIN);
    expect([keyless.code, entryless.code]).toEqual([2, 2]);
    expect(asked.filter((path) => path.startsWith('tile/entries/'))).toHaveLength(2);
  });

  it('goes on from what it has, and takes a full tile where the partial one is gone', async () => {
    const mirror = newMirror();
    served = serve(entriesTo(300));
    await secondVerifier('mirror', url, mirror, ...PIN);
    served = serve(entriesTo(700));
    asked = [];
    const { report } = await secondVerifier('mirror', url, mirror, ...PIN);
    expect(report.items).toContainEqual(
      expect.objectContaining({ item: 'consistency', result: 'PASS', from_size: 300 }),
    );
    expect(asked).not.toContain('tile/0/000');
    served.set('tile/0/002', Buffer.concat(entriesTo(768).slice(512).map(leafHash)));
    served.delete('tile/0/002.p/188');
    const other = await secondVerifier('mirror', url, newMirror(), ...PIN);
    expect(other.report.items.filter(({ result }) => result === 'FAIL')).toEqual([]);
  });

  it('refuses a log that forgot what it said before, and keeps the old checkpoint', async () => {
    const mirror = newMirror();
    served = serve(entriesTo(300));
    await secondVerifier('mirror', url, mirror, ...PIN);
    const before = await readFile(join(mirror, 'checkpoint'));
    const rewritten = entriesTo(400).map((one, n) => (n === 17 ? Buffer.from('{}') : one));
    for (const entries of [rewritten, entriesTo(299)]) {
      served = serve(entries);
      // Its old tiles are in the mirror; a thief's log is read afresh, as someone would who lost them.
      await rm(join(mirror, 'tile'), { recursive: true });
      const { code, report } = await secondVerifier('mirror', url, mirror, ...PIN);
      expect(code).toBe(1);
      expect(report.items).toContainEqual(expect.objectContaining({ item: 'consistency', result: 'FAIL' }));
      expect(await readFile(join(mirror, 'checkpoint'))).toEqual(before);
    }
    served = serve(entriesTo(400));
    expect((await secondVerifier('mirror', url, mirror, ...PIN)).report.verdict).toBe('NOT CHECKED');
  });

  const bent = (bytes: Buffer | undefined): Buffer => {
    const other = Buffer.from(bytes ?? Buffer.alloc(1));
    other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.length - 1);
    return other;
  };

  it.each([
    ['a leaf tile', 'tile/0/001', 'hash tiles'],
    ['a partial leaf tile', 'tile/0/002.p/88', 'hash tiles'],
    ['an upper tile', 'tile/1/000.p/2', 'hash tiles'],
    ['an entry', 'tile/entries/001', 'entries'],
    ['the checkpoint', 'checkpoint', 'checkpoint'],
  ])('finds a byte of %s that is another', async (_, path, item) => {
    served = serve(entriesTo(600));
    served.set(path, bent(served.get(path)));
    const mirror = newMirror();
    const { code, report } = await secondVerifier('mirror', url, mirror, ...PIN, '--token', TOKEN);
    expect(code).toBe(1);
    expect(report.items).toContainEqual(expect.objectContaining({ item, result: 'FAIL' }));
    // What did not hold is not kept.
    expect(await readdir(mirror, { recursive: true }).catch(() => [])).not.toContain('checkpoint');
  });

  it('refuses a checkpoint of another key, and a tile that is not there', async () => {
    served = serve(entriesTo(600), new NoteKey(ORIGIN, 1, 99));
    expect((await secondVerifier('mirror', url, newMirror(), ...PIN)).code).toBe(1);
    served = serve(entriesTo(600));
    served.delete('tile/0/001');
    expect((await secondVerifier('mirror', url, newMirror(), ...PIN)).code).toBe(1);
  });
});

describe('consistency', () => {
  it.each([0, 1, 256, 511, 600])('an old checkpoint of size %i begins the log', async (size) => {
    served = serve(entriesTo(600));
    const { code, report } = await secondVerifier('consistency', await keptNote(entriesTo(size)), url, ...PIN);
    expect(report.items.filter(({ result }) => result !== 'PASS')).toEqual([]);
    expect(code).toBe(0);
  });

  it('finds a fork, a log that shrank, and a note nobody signed', async () => {
    served = serve(entriesTo(600));
    const forked = entriesTo(600).map((one, n) => (n === 17 ? Buffer.from('{}') : one));
    for (const old of [forked, forked.slice(0, 300), entriesTo(601)]) {
      const { code, report } = await secondVerifier('consistency', await keptNote(old), url, ...PIN);
      expect(code).toBe(1);
      expect(report.items).toContainEqual(expect.objectContaining({ item: 'consistency', result: 'FAIL' }));
    }
    const unsigned = await keptNote(entriesTo(300), new NoteKey(ORIGIN, 1, 99));
    expect((await secondVerifier('consistency', unsigned, url, ...PIN)).code).toBe(1);
    expect((await secondVerifier('consistency', await keptNote(entriesTo(300)), url)).code).toBe(2);
  });

  it('says so when the log does not answer', async () => {
    const { code, report } = await secondVerifier('consistency', await keptNote([]), 'http://127.0.0.1:9/log', ...PIN);
    expect([code, report.verdict]).toEqual([2, 'NOT CHECKED']);
  });
});
