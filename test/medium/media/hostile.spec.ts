import { execFile } from 'node:child_process';
import { copyFile, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { ArchiveError } from '#domain';
import { createSandbox, look, makeProxy, probeSandbox, type ToolRun, withOutputDir } from '#media';
import { footage } from '../../support/footage.js';
import { pngHeader } from '../../support/footage-files.js';
import { filesBelow, MediaWorkbench } from '../../support/media-workbench.js';

jest.setTimeout(120_000); // footage is made on first use

describe('hostile files', () => {
  let bench: MediaWorkbench;
  let folder: string;
  beforeAll(async () => {
    bench = await MediaWorkbench.open();
    folder = await bench.newDir();
  });
  afterAll(() => bench.close());

  const place = async (name: string, bytes: Buffer | string) => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };
  const reasonFor = async (path: string) => {
    const found = await bench.look(path);
    expect(found.renditions).toEqual([]);
    return found.viewing.state === 'unviewable' ? found.viewing.reason : found.viewing.state;
  };

  it('a playlist named .mp4 leaks nothing of the file it names', async () => {
    const secret = await footage('h264-aac.ts');
    const path = await place('evil.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n${secret}\n#EXT-X-ENDLIST\n`);
    const found = await bench.look(path);
    expect(found.viewing).toEqual({ state: 'unviewable', reason: 'refused' });
    expect(await filesBelow(found.outputDir)).toEqual([]);
  });

  it('even past our own sniffing, the tool cannot follow the playlist', async () => {
    const secret = await footage('h264-aac.ts');
    const path = await place(
      'evil2.mp4',
      `#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\nfile://${secret}\n#EXT-X-ENDLIST\n`,
    );
    for (const demuxer of ['mov', 'mpegts', 'matroska'] as const) {
      const found = await bench.look(await footage('h264.mp4'));
      if (found.facts === null) throw new Error('no facts');
      const outputDir = await bench.newDir();
      const attempt = makeProxy(bench.sandbox, { path, demuxer, facts: found.facts, outputDir });
      await expect(attempt).rejects.toMatchObject({ code: 'media-undecodable' });
      expect(await filesBelow(outputDir)).toEqual([]);
    }
  });

  it('with every whitelist off, the sandbox alone still hides the other file', async () => {
    const secret = await footage('h264-aac.ts');
    const path = await place(
      'evil3.mp4',
      `#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n${secret}\n#EXT-X-ENDLIST\n`,
    );
    const lead = '-v error -allowed_extensions ALL -protocol_whitelist file,crypto,data -f hls -i'.split(' ');
    // The attack is real: without a sandbox the same command puts a picture of the other file into its output.
    const bare = await bench.newDir();
    await promisify(execFile)('ffmpeg', [...lead, path, '-frames:v', '1', join(bare, 'x.png')]);
    expect(await filesBelow(bare)).toEqual(['x.png']);

    const outputDir = await bench.newDir();
    const args = [...lead, 'file:@input', '-frames:v', '1', '@output/x.png'];
    const exit = await bench.sandbox.run({ tool: 'ffmpeg', args, input: path, outputDir });
    expect(exit.code).not.toBe(0);
    expect(await filesBelow(outputDir)).toEqual([]);
  });

  it.each([
    ['list.mkv', "ffconcat version 1.0\nfile '/etc/hostname'\n", 'refused'],
    ['notes.mp4', 'words, words, words\n', 'unknown-format'],
    ['page%03d.jpg', 'p', 'unknown-format'],
    ['nothing.mp4', '', 'empty'],
    ['zeros.mp4', Buffer.alloc(100_000), 'corrupt'],
    [
      'random.mp4',
      Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919 + ((i * i) >> 3)) & 0xff)),
      'unknown-format',
    ],
    ['bomb.png', pngHeader(60_000, 60_000), 'too-large'],
    ['torn.png', pngHeader(100, 100), 'corrupt'],
    ['torn.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 1, 2, 3]), 'corrupt'],
    ['bomb.zip', Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(1_000)]), 'unknown-format'],
    ['torn.pdf', '%PDF-1.7\n1 0 obj\n<< /Type /Cat', 'truncated'],
    ['torn.tiff', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'), 'corrupt'],
    ['torn.mkv', Buffer.concat([Buffer.from('1a45dfa3a342868101', 'hex'), Buffer.alloc(500)]), 'truncated'],
  ])('%s is kept, and said why not shown', async (name, bytes, reason) => {
    expect(await reasonFor(await place(name, bytes))).toBe(reason);
  });

  it('a TIFF whose pages go round in a circle ends', async () => {
    const tiff = await readFile(await footage('scan.tiff'));
    // The first directory has nine entries and stands at 8; its pointer to the next is set back to itself.
    tiff.writeUInt32LE(8, 8 + 2 + 9 * 12);
    const found = await bench.look(await place('circle.tiff', tiff));
    expect(found).toMatchObject({ viewing: { state: 'viewable' }, kind: 'photo' });
  });

  it('decoders off the list are refused', async () => {
    expect(await reasonFor(await footage('magicyuv.avi'))).toBe('refused');
  });

  it('an encrypted paper says so', async () => {
    expect(await reasonFor(await footage('scan-encrypted.pdf'))).toBe('encrypted');
  });

  it('a recording without its index is truncated; one that lost its end shows what there is, with a warning', async () => {
    const cut = async (from: 'h264-moov-last.mp4' | 'h264.mp4', share: number) => {
      const path = join(folder, `cut-${from}`);
      await copyFile(await footage(from), path);
      const file = await open(path, 'r+');
      await file.truncate(Math.floor((await file.stat()).size * share));
      await file.close();
      return path;
    };
    expect(await reasonFor(await cut('h264-moov-last.mp4', 0.6))).toBe('truncated');
    const found = await bench.look(await cut('h264.mp4', 0.6));
    expect(found.viewing).toEqual({ state: 'viewable' });
    expect(found.warnings).toContain('cut-short');
    expect(found.renditions.map((rendition) => rendition.kind)).toContain('poster');
  });

  it('a sound container around rubbish is corrupt, not a crash', async () => {
    const mp4 = await readFile(await footage('h264-moov-last.mp4'));
    const mdat = mp4.indexOf('mdat', 0, 'latin1');
    const moov = mp4.indexOf('moov', 0, 'latin1');
    for (let at = mdat + 4; at < moov - 4; at++) mp4[at] = (at * 31) & 0xff;
    expect(await reasonFor(await place('rubbish.mp4', mp4))).toBe('corrupt');
  });

  it('a stopped look throws the reason it was stopped for', async () => {
    const stop = new AbortController();
    stop.abort(new Error('worker is going down'));
    const path = await footage('h264.mp4');
    const attempt = look(bench.sandbox, {
      path,
      sizeBytes: (await stat(path)).size,
      outputDir: await bench.newDir(),
      signal: stop.signal,
    });
    await expect(attempt).rejects.toThrow('worker is going down');
  });
});

describe('sandbox', () => {
  let bench: MediaWorkbench;
  beforeAll(async () => {
    bench = await MediaWorkbench.open();
  });
  afterAll(() => bench.close());

  /** Ten minutes of noise, encoded as slowly as can be: a tool that will not end by itself. */
  const endless = (output: string): ToolRun['args'] => [
    ...[
      '-v',
      'error',
      '-progress',
      'pipe:2',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=640x360:r=30,noise=alls=40:allf=t',
      '-t',
      '600',
    ],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '10', '-f', 'mpegts', output],
  ];
  const runningTools = async () => {
    const found: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (line.includes('noise=alls=40')) found.push(line);
    }
    return found;
  };

  it.each(['full', 'reduced'] as const)('%s: sees and reaches only what it should', async (mode) => {
    const findings = await probeSandbox(await createSandbox(mode));
    expect(findings.runs).toBe(true);
    expect(findings.versions.ffmpeg).toMatch(/^ffmpeg version/);
    // The reduced sandbox shares the network, and must say so.
    expect(findings.networkAbsent).toBe(mode === 'full');
    if (mode === 'full') expect(findings.otherFilesInvisible).toBe(true);
  });

  it.each(['full', 'reduced'] as const)('%s: looks at footage and papers alike', async (mode) => {
    const workbench = await MediaWorkbench.open(mode);
    try {
      for (const name of ['h264.mp4', 'scan.pdf', 'scan.tiff', 'photo.jpg'] as const) {
        expect((await workbench.look(await footage(name))).viewing).toEqual({ state: 'viewable' });
      }
    } finally {
      await workbench.close();
    }
  });

  it.each(['full', 'reduced'] as const)('%s: kills the whole group at the wall limit', async (mode) => {
    const sandbox = await createSandbox(mode);
    const run = sandbox.run({
      tool: 'ffmpeg',
      args: endless('pipe:1'),
      limits: { wallMs: 1_000 },
      onStdout: () => undefined,
    });
    await expect(run).rejects.toMatchObject({ code: 'timeout', details: { limit: 'wall' } });
    expect(await runningTools()).toEqual([]);
  });

  it('kills what makes no progress', async () => {
    // Reads a pipe nobody writes to: alive, and going nowhere.
    const args = [
      '-v',
      'error',
      '-progress',
      'pipe:2',
      '-re',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=r=1/1000',
      '-f',
      'null',
      '-',
    ];
    const run = bench.sandbox.run({ tool: 'ffmpeg', args, limits: { wallMs: 60_000, stallMs: 1_500 } });
    await expect(run).rejects.toMatchObject({ code: 'timeout', details: { limit: 'stall' } });
  });

  it('kills what writes more than it may, in one file, in many, or to the pipe', async () => {
    const overLimit = { code: 'media-limit' };
    const limits = { outputBytes: 2 * 1024 * 1024, wallMs: 60_000 };
    const inFile = bench.sandbox.run({
      tool: 'ffmpeg',
      args: endless('@output/big.ts'),
      outputDir: await bench.newDir(),
      limits,
    });
    await expect(inFile).rejects.toMatchObject(overLimit);
    const many = endless('@output/%05d.ts').map((arg) => (arg === 'mpegts' ? 'segment' : arg));
    const inMany = bench.sandbox.run({
      tool: 'ffmpeg',
      args: ['-g', '1', ...many.slice(0, -1), '-segment_time', '0.1', ...many.slice(-1)].slice(2),
      outputDir: await bench.newDir(),
      limits,
    });
    await expect(inMany).rejects.toMatchObject(overLimit);
    const toPipe = bench.sandbox.run({ tool: 'ffmpeg', args: endless('pipe:1'), limits, onStdout: () => undefined });
    await expect(toPipe).rejects.toMatchObject(overLimit);
    expect(await runningTools()).toEqual([]);
  });

  it('holds processor time and memory', async () => {
    const cpu = bench.sandbox.run({
      tool: 'ffmpeg',
      args: endless('pipe:1'),
      limits: { cpuSeconds: 1, wallMs: 60_000 },
      onStdout: () => undefined,
    });
    await expect(cpu).rejects.toMatchObject({ code: 'timeout', details: { limit: 'cpu' } });
    // Ninety-six megapixels, a fifth of a megabyte on disk: 288 MB when decoded.
    const input = await footage('photo-huge.png');
    const args = ['-v', 'error', '-f', 'png_pipe', '-i', 'file:@input', '-f', 'null', '-'];
    const memory = bench.sandbox.run({ tool: 'ffmpeg', args, input, limits: { memoryBytes: 400 * 1024 * 1024 } });
    await expect(memory).rejects.toMatchObject({ code: 'media-limit', details: { limit: 'memory' } });
  });

  it('stops when told to, and leaves nothing running', async () => {
    const stop = new AbortController();
    const run = bench.sandbox.run({
      tool: 'ffmpeg',
      args: endless('pipe:1'),
      signal: stop.signal,
      onStdout: () => stop.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
    expect(await runningTools()).toEqual([]);
  });

  it('cannot write beside its output folder, nor to its input', async () => {
    const input = join(await bench.newDir(), 'input.wav');
    await copyFile(await footage('sound-pcm.wav'), input);
    const before = await readFile(input);
    for (const target of ['/etc/x.wav', '/usr/x.wav', '/input']) {
      const args = ['-v', 'error', '-y', '-i', 'file:@input', '-t', '1', '-f', 'wav', target];
      expect((await bench.sandbox.run({ tool: 'ffmpeg', args, input, outputDir: await bench.newDir() })).code).not.toBe(
        0,
      );
    }
    expect(await readFile(input)).toEqual(before);
  });

  it('refuses a result that is a link to somewhere else', async () => {
    const outputDir = await bench.newDir();
    await symlink('/etc/hostname', join(outputDir, 'poster.jpg'));
    const run = bench.sandbox.run({ tool: 'ffmpeg', args: ['-version'], outputDir });
    await expect(run).rejects.toMatchObject({ code: 'media-refused' });
  });

  it('drops the output folder, whatever happens in it', async () => {
    let seen = '';
    const use = withOutputDir(bench.folder, async (outputDir) => {
      seen = outputDir;
      await writeFile(join(outputDir, 'half'), 'x');
      throw new ArchiveError('timeout', 'stopped');
    });
    await expect(use).rejects.toMatchObject({ code: 'timeout' });
    await expect(stat(seen)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
