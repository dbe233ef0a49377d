import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { makeProxy, makeSegments, parseSegmentIndex } from '#media';
import { type FootageName, footage } from '../../support/footage.js';
import { frameDigests, MediaWorkbench, packetTimes, pixelAt, sizeOf } from '../../support/media-workbench.js';

jest.setTimeout(120_000); // footage is made on first use

describe('ways to play', () => {
  let bench: MediaWorkbench;
  beforeAll(async () => {
    bench = await MediaWorkbench.open();
  });
  afterAll(() => bench.close());

  /** All segments of a recording, made in runs of the lengths given, in another order than they play. */
  async function remux(name: FootageName, runs: readonly (readonly [from: number, count: number])[]) {
    const path = await footage(name);
    const found = await bench.look(path);
    const { demuxer } = found.sniff;
    if (demuxer === null) throw new Error('no demuxer');
    const index = parseSegmentIndex(await readFile(join(found.outputDir, 'index/segments.json'), 'utf8'));
    const pieces = new Map<number, Buffer>();
    for (const [from, count] of runs) {
      const outputDir = await bench.newDir();
      const made = await makeSegments(bench.sandbox, {
        path,
        demuxer,
        index,
        audio: found.facts?.audio ?? null,
        from,
        count,
        outputDir,
      });
      for (const { segment, name: file } of made.files) {
        expect(pieces.has(segment)).toBe(false);
        pieces.set(segment, await readFile(join(outputDir, file)));
      }
    }
    expect([...pieces.keys()].sort((a, b) => a - b)).toEqual(index.segments.map((_, n) => n));
    const joined = join(await bench.newDir(), 'joined.ts');
    await writeFile(joined, Buffer.concat(index.segments.map((_, n) => pieces.get(n) ?? Buffer.alloc(0))));
    return { path, index, joined, found };
  }

  it.each([
    [
      'h264-opus.mkv',
      [
        [3, 2],
        [0, 1],
        [1, 2],
      ],
    ],
    [
      'h264-aac.ts',
      [
        [4, 9],
        [1, 3],
        [0, 1],
      ],
    ],
    [
      'h264-alaw.mov',
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      'h264-mulaw.avi',
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      'h264-aac.flv',
      [
        [1, 5],
        [0, 1],
      ],
    ],
  ] as const)('%s remuxed in separate runs joins to the same pictures, in time', async (name, runs) => {
    const { path, joined, index } = await remux(name, runs);
    const wanted = await frameDigests(path);
    expect(wanted.length).toBeGreaterThan(100);
    expect(await frameDigests(joined)).toEqual(wanted);

    const pictures = await packetTimes(joined, 'v:0');
    const steps = pictures.slice(1).map((time, i) => time - (pictures[i] ?? 0));
    expect(Math.max(...steps)).toBeLessThan(0.06);
    expect(Math.min(...steps)).toBeGreaterThan(0.02);
    const sounds = await packetTimes(joined, 'a:0');
    const gaps = sounds.slice(1).map((time, i) => time - (sounds[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.1);
    expect((sounds.at(-1) ?? 0) - (sounds[0] ?? 0)).toBeCloseTo(
      (index.segments.at(-1)?.startMs ?? 0) / 1000 + (index.segments.at(-1)?.durationMs ?? 0) / 1000,
      0,
    );
  });

  it('segments cover the whole recording', async () => {
    const { index } = await remux('h264-alaw.mov', [[0, 9]]);
    expect(index.segments.reduce((sum, segment) => sum + segment.durationMs, 0)).toBe(8_000);
  });

  async function proxy(name: FootageName) {
    const path = await footage(name);
    const found = await bench.look(path);
    const { demuxer } = found.sniff;
    if (demuxer === null || found.facts === null) throw new Error('not looked at');
    const reached: number[] = [];
    const made = await makeProxy(bench.sandbox, {
      path,
      demuxer,
      facts: found.facts,
      outputDir: found.outputDir,
      onProgress: ({ outTimeMs }) => reached.push(outTimeMs),
    });
    return { made, reached, path, playlist: join(found.outputDir, 'proxy/index.m3u8'), outputDir: found.outputDir };
  }

  it('makes HLS in two-second segments of what no browser plays', async () => {
    const { made, reached, path, playlist } = await proxy('mpeg4.avi');
    const text = await readFile(playlist, 'utf8');
    const durations = [...text.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1]));
    expect(durations.slice(0, 4)).toEqual([2, 2, 2, 2]);
    expect(text).toContain('#EXT-X-ENDLIST');
    expect(made.files.filter((file) => file.mime === 'video/mp2t')).toHaveLength(durations.length);
    expect((await frameDigests(playlist)).length).toBe((await frameDigests(path)).length);
    expect(reached.at(-1)).toBeGreaterThan(7_000);
    expect(made.args.join(' ')).not.toContain(bench.folder);
  });

  it('turns, stretches and shrinks as the original asks', async () => {
    expect(await sizeOf((await proxy('rotated.mov')).playlist)).toEqual({ width: 360, height: 640 });
    expect(await sizeOf((await proxy('wide-pixels.mpg')).playlist)).toEqual({ width: 1024, height: 576 });
  });

  it('keeps variable frame rate: as many pictures, at their times', async () => {
    const { path, playlist } = await proxy('variable-rate.mp4');
    const original = await packetTimes(path, 'v:0');
    const copy = await packetTimes(playlist, 'v:0');
    expect(copy).toHaveLength(original.length);
    const [first = 0] = copy;
    copy.forEach((time, i) => {
      expect(time - first).toBeCloseTo((original[i] ?? 0) - (original[0] ?? 0), 2);
    });
  });

  it('maps high dynamic range to what screens show', async () => {
    const { playlist } = await proxy('hdr10.mp4');
    // Full red in PQ is ten thousand nits; mapped, it is a bright red and not the washed-out grey of a mere relabelling.
    const [red, green, blue] = await pixelAt(playlist, 30, 300);
    expect(red).toBeGreaterThan(150);
    expect(Math.max(green, blue)).toBeLessThan(80);
  });

  it('makes one M4A of sound no browser plays', async () => {
    const { made, outputDir } = await proxy('sound-g711.wav');
    expect(made.files.map((file) => [file.name, file.mime])).toEqual([['proxy/sound.m4a', 'audio/mp4']]);
    const times = await packetTimes(join(outputDir, 'proxy/sound.m4a'), 'a:0');
    expect(times.at(-1)).toBeGreaterThan(4.8);
  });
});
