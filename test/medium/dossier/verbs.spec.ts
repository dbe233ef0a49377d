import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  BAGIT_TXT,
  bagInfoTxt,
  makeTimestampRequest,
  manifestTxt,
  payloadOxum,
  tagManifestTxt,
  writeZip,
} from '#dossier';
import { bagVerifyCommand } from '../../../apps/cli/src/commands/check/bag-verify.command.js';
import { timestampVerifyCommand } from '../../../apps/cli/src/commands/check/timestamp-verify.command.js';
import { CommandFailure } from '../../../apps/cli/src/failure.js';
import type { Terminal } from '../../../apps/cli/src/terminal/terminal.js';
import type { Verb } from '../../../apps/cli/src/verb.js';
import { makeAuthority } from '../../support/timestamp-authority.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'liuhen-verbs-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function run(
  verb: Verb,
  positionals: string[],
  options: Record<string, string> = {},
): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const terminal = { say: (...said: string[]) => lines.push(...said) } as unknown as Terminal;
  try {
    const code = (await verb.run({ options, positionals, env: {}, terminal })) ?? 0;
    return { code, text: lines.join('\n') };
  } catch (error) {
    if (error instanceof CommandFailure) return { code: error.exitCode, text: error.words.en };
    throw error;
  }
}

function bag(): Record<string, Buffer> {
  const payload = { 'data/原件/1.bin': randomBytes(3_000_000), 'data/empty': Buffer.alloc(0) };
  const entries = (files: Record<string, Buffer>) =>
    Object.entries(files).map(([path, bytes]) => ({
      path,
      digestHex: createHash('sha256').update(bytes).digest('hex'),
    }));
  const oxum = payloadOxum(Object.values(payload).map(({ length }) => ({ sizeBytes: length })));
  const tags = {
    'bagit.txt': Buffer.from(BAGIT_TXT),
    'bag-info.txt': Buffer.from(bagInfoTxt([['Payload-Oxum', oxum]])),
    'manifest-sha256.txt': Buffer.from(manifestTxt('sha256', entries(payload))),
  };
  return { ...payload, ...tags, 'tagmanifest-sha256.txt': Buffer.from(tagManifestTxt('sha256', entries(tags))) };
}

async function writeFolder(files: Record<string, Buffer>): Promise<string> {
  const folder = join(dir, 'bag');
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}

async function writeZipFile(files: Record<string, Buffer>): Promise<string> {
  const modifiedAt = new Date('2026-03-01T00:00:00Z');
  const entries = Object.entries(files).map(([path, bytes]) => ({
    ...{ path, sizeBytes: bytes.length, modifiedAt, content: () => [bytes] },
  }));
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeZip(entries)) chunks.push(chunk);
  const path = join(dir, 'bag.zip');
  await writeFile(path, Buffer.concat(chunks));
  return path;
}

describe('bag verify', () => {
  it('passes a good folder and a good zip file', async () => {
    for (const path of [await writeFolder(bag()), await writeZipFile(bag())]) {
      expect(await run(bagVerifyCommand, [path])).toEqual({ code: 0, text: expect.stringMatching(/PASS 6 .*\nok$/) });
    }
  });

  it('names what was altered', async () => {
    const files = bag();
    files['data/原件/1.bin']?.writeUInt8((files['data/原件/1.bin']?.readUInt8(5) ?? 0) ^ 1, 5);
    for (const path of [await writeFolder(files), await writeZipFile(files)]) {
      const { code, text } = await run(bagVerifyCommand, [path]);
      expect(code).toBe(1);
      expect(text).toMatch(/^FAIL\tdata\/原件\/1\.bin\tdigest-mismatch\t/);
    }
  });

  it('finds a link, and does not follow it', async () => {
    const folder = await writeFolder(bag());
    await symlink('/etc/hostname', join(folder, 'data', 'link'));
    await symlink('/etc', join(folder, 'data', 'etc'));
    const { code, text } = await run(bagVerifyCommand, [folder]);
    expect(code).toBe(1);
    expect(text).toContain('FAIL\tdata/link\tnot-a-file');
    expect(text).toContain('FAIL\tdata/etc\tnot-a-file');
    expect(text).not.toContain('data/etc/');
  });

  it('does not let a name draw on the terminal', async () => {
    const { text } = await run(bagVerifyCommand, [await writeFolder({ ...bag(), 'x\u001b[2J\u202e': Buffer.of() })]);
    expect(text).toContain('NOT CHECKED\tx\\u{1b}[2J\\u{202e}\tnot-listed');
  });

  it('says when it could not check', async () => {
    expect((await run(bagVerifyCommand, [join(dir, 'nothing')])).code).toBe(2);
    expect((await run(bagVerifyCommand, [])).code).toBe(2);
    await writeFile(join(dir, 'no.zip'), 'PK');
    expect(await run(bagVerifyCommand, [join(dir, 'no.zip')])).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^bad: zip-malformed/),
    });
  });

  // Other programs must be able to open what we write, and we what others store.
  it('writes what Python reads, and reads what Python stores', async () => {
    const path = await writeZipFile(bag());
    const python = (script: string): string => execFileSync('python3', ['-c', script], { cwd: dir, encoding: 'utf8' });
    expect(python(`import zipfile; print(zipfile.ZipFile(${JSON.stringify(path)}).testzip())`).trim()).toBe('None');
    await writeFolder(bag());
    python(
      `import zipfile, pathlib\nz = zipfile.ZipFile('py.zip', 'w')\n[z.write(p, p.relative_to('bag')) for p in sorted(pathlib.Path('bag').rglob('*'))]\nz.close()`,
    );
    expect((await run(bagVerifyCommand, [join(dir, 'py.zip')])).code).toBe(0);
  });
});

describe('timestamp verify', () => {
  it('prints what a good time-stamp says, and why a bad one is none', async () => {
    const data = join(dir, 'note');
    await writeFile(data, 'a note\n');
    const authority = await makeAuthority({ dir: join(dir, 'authority') });
    const sha256 = createHash('sha256').update('a note\n').digest();
    await writeFile(join(dir, 'token'), await authority.answer(makeTimestampRequest({ sha256, nonce: 7n })));
    const ca = join(authority.dir, 'root.pem');
    const token = join(dir, 'token');
    const good = await run(timestampVerifyCommand, [token], { data, ca });
    expect(good).toMatchObject({
      code: 0,
      text: expect.stringMatching(/CN=Test tsa 时间戳\n.*serial: 2\n.*\n.*\nok$/),
    });
    const stranger = await makeAuthority({ dir: join(dir, 'stranger') });
    const untrusted = await run(timestampVerifyCommand, [token], { data, ca: join(stranger.dir, 'root.pem') });
    expect(untrusted).toMatchObject({ code: 1, text: expect.stringMatching(/^bad: timestamp-chain-untrusted/) });
    const other = await run(timestampVerifyCommand, [token], { data: ca, ca });
    expect(other).toMatchObject({ code: 1, text: expect.stringMatching(/^bad: timestamp-wrong-imprint/) });
    expect((await run(timestampVerifyCommand, [token], { data, ca: data })).code).toBe(2);
    expect((await run(timestampVerifyCommand, [token], { data: join(dir, 'none'), ca })).code).toBe(2);
    expect((await run(timestampVerifyCommand, [data], { data, ca })).code).toBe(1);
  });
});
