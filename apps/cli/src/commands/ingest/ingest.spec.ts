import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseNameRule } from '#domain';
import { Journal, type JournalEntry } from './journal.js';
import { isKeyFile } from './key-files.js';
import { filesBelow, Settling, type SourceFile } from './source-files.js';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-ingest-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const DIGEST = `sha256:${'a'.repeat(64)}`;
const entryOf = (path: string, more: Partial<JournalEntry> = {}): JournalEntry => ({
  ...{ path, sizeBytes: 3, mtimeMs: 1.5, sha256: DIGEST, blockRoot: DIGEST, assetId: 'one', state: 'sent' },
  at: '2026-11-22T08:00:00.000Z',
  ...more,
});

describe('files of a watched folder', () => {
  const namesBelow = async (folder: string): Promise<{ names: string[]; troubles: string[] }> => {
    const [names, troubles]: [string[], string[]] = [[], []];
    for await (const { path } of filesBelow(folder, (place) => troubles.push(place)))
      names.push(path.slice(dir.length));
    return { names, troubles };
  };

  it('are those of people: no links, no hidden files, none that is being written', async () => {
    await mkdir(join(dir, 'DCIM', '20261121'), { recursive: true });
    const names = ['a.mp4', 'DCIM/20261121/b.MP4', 'DCIM/20261121/c.mp4.part', '.trash', 'Thumbs.db', 'empty.jpg'];
    for (const name of names) await writeFile(join(dir, name), name === 'empty.jpg' ? '' : 'x');
    await symlink('/etc/passwd', join(dir, 'link.mp4'));
    await symlink('/etc', join(dir, 'folder'));
    expect(await namesBelow(dir)).toEqual({ names: ['/DCIM/20261121/b.MP4', '/a.mp4', '/empty.jpg'], troubles: [] });
  });

  it('are told of when they cannot be looked at', async () => {
    expect(await namesBelow(join(dir, 'nowhere'))).toEqual({ names: [], troubles: [join(dir, 'nowhere')] });
  });

  it('are whole when nothing about them has changed for long enough, whatever their own clock says', () => {
    const settling = new Settling(10);
    const file = (sizeBytes: number, mtimeMs = 1): SourceFile => ({ path: 'a', sizeBytes, mtimeMs });
    expect(settling.look([file(1)], 0)).toEqual([]);
    expect(settling.look([file(2)], 9)).toEqual([]);
    expect(settling.look([file(2)], 18)).toEqual([]);
    expect(settling.look([file(2)], 19)).toEqual([file(2)]);
    expect(settling.look([file(2, 9)], 30)).toEqual([]);
    expect(settling.look([], 40)).toEqual([]);
    expect(settling.look([file(2, 9)], 50)).toEqual([]);
  });
});

describe('key files', () => {
  const isKey = (path: string, words: string[] = []): boolean => isKeyFile(path, { rules: [], words });

  it('are known by words of their names and folders', () => {
    const marked = ['IMP/a.mp4', 'x_IMP.mp4', '重点文件/a.mp4', 'DSJ-重点-1.mp4', 'Event 1/a.jpg', 'a_LOCK_b.mp4'];
    const plain = ['a.mp4', 'import/a.mp4', 'blocked.mp4', 'simple_1.mp4', 'events-none.mp4'];
    expect(marked.filter((path) => !isKey(path))).toEqual([]);
    expect(plain.filter((path) => isKey(path))).toEqual([]);
    expect([isKey('紧急/a.mp4'), isKey('紧急/a.mp4', ['紧急']), isKey('x-vip.mp4', ['VIP'])]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('are known by the mark that a maker puts into the name', async () => {
    const folder = new URL('../../../../../recorder-names/', import.meta.url);
    const texts = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), 'utf8')));
    const rules = texts.map((text) => parseNameRule(JSON.parse(text)));
    const marked = rules.flatMap(({ examples }) => examples).filter(({ isKeyMarked }) => isKeyMarked);
    expect(marked.length).toBeGreaterThan(0);
    for (const { name } of marked) expect([name, isKeyFile(name, { rules, words: [] })]).toEqual([name, true]);
  });
});

describe('the journal', () => {
  it('knows a file by place, size and time, and by its content', async () => {
    const path = join(dir, 'deep', 'journal.jsonl');
    const first = await Journal.open(path);
    await Promise.all([first.add(entryOf('a')), first.add(entryOf('b', { sha256: `sha256:${'b'.repeat(64)}` }))]);
    await first.add(entryOf('a', { state: 'sealed' }));
    await first.close();
    const again = await Journal.open(path);
    expect(again.entryOf({ path: 'a', sizeBytes: 3, mtimeMs: 1.5 })).toEqual(entryOf('a', { state: 'sealed' }));
    expect(again.entryOf({ path: 'a', sizeBytes: 4, mtimeMs: 1.5 })).toBeNull();
    expect(again.entryOf({ path: 'a', sizeBytes: 3, mtimeMs: 2 })).toBeNull();
    expect(again.sameContent(`sha256:${'b'.repeat(64)}`)?.path).toBe('b');
    expect(again.sameContent(`sha256:${'c'.repeat(64)}`)).toBeNull();
    await again.close();
  });

  it('loses the line a power cut broke, and no other', async () => {
    const path = join(dir, 'journal.jsonl');
    const first = await Journal.open(path);
    await first.add(entryOf('a'));
    await first.add(entryOf('b'));
    await first.close();
    await truncate(path, (await readFile(path)).length - 20);
    await appendFile(path, '');
    const second = await Journal.open(path);
    expect(second.entryOf({ path: 'b', sizeBytes: 3, mtimeMs: 1.5 })).toBeNull();
    await second.add(entryOf('c'));
    await second.close();
    const third = await Journal.open(path);
    for (const name of ['a', 'c']) expect(third.entryOf({ path: name, sizeBytes: 3, mtimeMs: 1.5 })).not.toBeNull();
    await third.close();
  });
});
