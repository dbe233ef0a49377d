import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pdfOfJpegs, tiffOfPages, withExif } from './footage-files.js';

/**
 * Footage for tests, made on the spot with ffmpeg: a moving test picture with a burned-in clock and device number,
 * as recorders write, and a sound that rises and falls like speech. Kept in the system's temporary folder under the
 * digest of its recipe, so that it is made once.
 */
const run = promisify(execFile);

/** The path of other footage this one is made from; the names are those of RECIPES. */
type Other = (name: string) => Promise<string>;

interface Recipe {
  readonly extension: string;
  /** Writes the file to `out`; `other` gives the path of another piece of footage. */
  readonly make: (out: string, other: Other) => Promise<void>;
}

const CLOCK =
  "drawtext=text='DSJ-A7 000001  %{pts\\:gmtime\\:1767225600}':x=10:y=10:fontsize=18:fontcolor=white:box=1:boxcolor=black@0.5";
const VOICE = "aevalsrc='0.5*sin(2*PI*(180+60*sin(2*PI*0.7*t))*t)*(0.55+0.45*sin(2*PI*1.7*t))':s=44100";

function lavfi(size: string, seconds: number, rate = 25): string[] {
  const picture = `testsrc2=s=${size}:r=${rate},${CLOCK}`;
  return ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', VOICE, '-t', String(seconds)];
}

const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-g',
  '50',
  '-keyint_min',
  '50',
  '-sc_threshold',
  '0',
  '-pix_fmt',
  'yuv420p',
];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=50', '-tag:v', 'hvc1'];

const encode = (options: readonly string[], { size = '640x360', seconds = 8 } = {}) => {
  return (out: string) => ffmpeg([...lavfi(size, seconds), ...options, out]);
};
const copy = (from: string, options: readonly string[]) => async (out: string, other: Other) => {
  await ffmpeg(['-i', await other(from), ...options, out]);
};
const soundOnly = (options: readonly string[]) => (out: string) =>
  ffmpeg(['-f', 'lavfi', '-i', VOICE, '-t', '5', ...options, out]);

const RECIPES = {
  /** 8 s, B-frames, key frame every 2 s, AAC; what most recorders write. */
  'h264.mp4': {
    extension: 'mp4',
    make: encode([
      ...X264,
      '-c:a',
      'aac',
      '-movflags',
      '+faststart',
      '-metadata',
      'creation_time=2026-01-01T08:00:00Z',
    ]),
  },
  'h264-moov-last.mp4': { extension: 'mp4', make: copy('h264.mp4', ['-c', 'copy']) },
  'h264-fragmented.mp4': {
    extension: 'mp4',
    make: copy('h264.mp4', ['-c', 'copy', '-movflags', 'frag_keyframe+empty_moov']),
  },
  'h264-place.mov': {
    extension: 'mov',
    make: copy('h264.mp4', [
      '-c',
      'copy',
      '-metadata',
      'location=+39.9042+116.4074/',
      '-metadata',
      'make=Liuhen',
      '-metadata',
      'model=DSJ-A7',
    ]),
  },
  'hevc.mp4': { extension: 'mp4', make: encode([...X265, '-pix_fmt', 'yuv420p', '-c:a', 'aac']) },
  'hdr10.mp4': {
    extension: 'mp4',
    make: encode(
      [
        ...['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1', '-an'],
        ...['-x265-params', 'log-level=error:keyint=50:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc'],
        ...['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
      ],
      { seconds: 4 },
    ),
  },
  'mpeg4.avi': { extension: 'avi', make: encode(['-c:v', 'mpeg4', '-q:v', '5', '-g', '50', '-c:a', 'libmp3lame']) },
  'h264-mulaw.avi': { extension: 'avi', make: encode([...X264, '-bf', '0', '-c:a', 'pcm_mulaw', '-ar', '8000']) },
  'h264-alaw.mov': { extension: 'mov', make: encode([...X264, '-c:a', 'pcm_alaw', '-ar', '8000']) },
  'h264-opus.mkv': { extension: 'mkv', make: encode([...X264, '-c:a', 'libopus'], { seconds: 20 }) },
  'h264-aac.ts': { extension: 'ts', make: encode([...X264, '-c:a', 'aac'], { seconds: 20 }) },
  'h264-aac.flv': { extension: 'flv', make: encode([...X264, '-c:a', 'aac']) },
  'mpeg2.mpg': { extension: 'mpg', make: encode(['-c:v', 'mpeg2video', '-q:v', '6', '-c:a', 'mp2', '-f', 'vob']) },
  'vp8.webm': {
    extension: 'webm',
    make: encode(['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '500k', '-c:a', 'libvorbis'], {
      seconds: 4,
    }),
  },
  'rotated.mov': {
    extension: 'mov',
    // Stored on its side with a matrix, as a telephone held upright does.
    make: async (out, other) => {
      await ffmpeg(['-display_rotation', '90', '-i', await other('h264.mp4'), '-c', 'copy', out]).catch(async () => {
        await ffmpeg(['-i', await other('h264.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=270', out]);
      });
    },
  },
  'wide-pixels.mpg': {
    extension: 'mpg',
    make: encode(['-vf', 'setsar=64/45', '-c:v', 'mpeg2video', '-q:v', '6', '-an', '-f', 'vob'], {
      size: '720x576',
      seconds: 4,
    }),
  },
  'variable-rate.mp4': {
    extension: 'mp4',
    make: encode([
      '-vf',
      "select='lt(mod(n\\,50)\\,25)+eq(mod(n\\,5)\\,0)'",
      '-fps_mode',
      'vfr',
      ...X264,
      '-c:a',
      'aac',
    ]),
  },
  /** Eleven minutes that brighten from black to white: the time of a picture can be read off it. */
  'long.mp4': {
    extension: 'mp4',
    make: (out) =>
      ffmpeg([
        ...['-f', 'lavfi', '-i', 'color=white:s=320x180:r=5', '-t', '660', '-vf', 'fade=in:0:3300'],
        ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-keyint_min', '10', '-sc_threshold', '0'],
        // Filled up to a steady 100 kbit/s, so that its budget allows for more than one sheet.
        ...[
          '-b:v',
          '100k',
          '-minrate',
          '100k',
          '-maxrate',
          '100k',
          '-bufsize',
          '100k',
          '-x264-params',
          'nal-hrd=cbr',
          out,
        ],
      ]),
  },
  'magicyuv.avi': {
    extension: 'avi',
    make: encode(['-c:v', 'magicyuv', '-pix_fmt', 'yuv420p', '-an'], { size: '64x64', seconds: 1 }),
  },
  'clip-60s-1080p.mp4': {
    extension: 'mp4',
    make: (out) =>
      ffmpeg([
        ...lavfi('1920x1080', 60, 30),
        ...[
          '-vf',
          'noise=alls=12:allf=t',
          '-c:v',
          'libx264',
          '-preset',
          'ultrafast',
          '-b:v',
          '8M',
          '-maxrate',
          '8M',
          '-bufsize',
          '16M',
        ],
        ...['-g', '60', '-keyint_min', '60', '-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-c:a', 'aac', out],
      ]),
  },
  'sound-g711.wav': { extension: 'wav', make: soundOnly(['-c:a', 'pcm_mulaw', '-ar', '8000', '-ac', '1']) },
  'sound-pcm.wav': { extension: 'wav', make: soundOnly(['-c:a', 'pcm_s16le', '-ar', '16000']) },
  'sound.mp3': { extension: 'mp3', make: soundOnly(['-c:a', 'libmp3lame', '-b:a', '64k']) },
  'sound.m4a': { extension: 'm4a', make: soundOnly(['-c:a', 'aac']) },
  'sound.aac': { extension: 'aac', make: soundOnly(['-c:a', 'aac', '-f', 'adts']) },
  'sound.ogg': { extension: 'ogg', make: soundOnly(['-c:a', 'libopus']) },
  'sound.flac': { extension: 'flac', make: soundOnly([]) },
  'photo.jpg': { extension: 'jpg', make: (out) => still('640x480', out) },
  'photo-turned.jpg': {
    extension: 'jpg',
    make: async (out, other) => writeFile(out, withExif(await readFile(await other('photo.jpg')))),
  },
  'photo-huge.png': {
    extension: 'png',
    make: (out) => ffmpeg(['-f', 'lavfi', '-i', 'color=red:s=12000x8000', '-frames:v', '1', '-pix_fmt', 'rgb24', out]),
  },
  'photo.png': { extension: 'png', make: (out) => still('320x200', out) },
  'photo.webp': { extension: 'webp', make: (out) => still('320x200', out) },
  'photo.bmp': { extension: 'bmp', make: (out) => still('320x200', out) },
  'photo.gif': { extension: 'gif', make: (out) => still('320x200', out) },
  'scan.pdf': {
    extension: 'pdf',
    make: async (out, other) => {
      const page = await readFile(await other('photo.jpg'));
      await writeFile(out, pdfOfJpegs([page, page, page], 640, 480));
    },
  },
  'scan-encrypted.pdf': {
    extension: 'pdf',
    make: async (out, other) =>
      writeFile(out, pdfOfJpegs([await readFile(await other('photo.jpg'))], 640, 480, { isEncrypted: true })),
  },
  'scan.tiff': { extension: 'tiff', make: (out) => writeFile(out, tiffOfPages(3, 600, 800)) },
  'scan-jpeg.tiff': {
    extension: 'tiff',
    make: async (out, other) => {
      const base = `${out}-page`;
      await run('pdftoppm', [
        '-tiff',
        '-tiffcompression',
        'jpeg',
        '-r',
        '72',
        '-f',
        '1',
        '-l',
        '1',
        '-singlefile',
        await other('scan.pdf'),
        base,
      ]);
      await rename(`${base}.tif`, out);
    },
  },
} satisfies Record<string, Recipe>;

export type FootageName = keyof typeof RECIPES;

const making = new Map<FootageName, Promise<string>>();

/** The path of a piece of footage, made first when it is not there yet. Read only: tests share it. */
export function footage(name: FootageName): Promise<string> {
  const known = making.get(name) ?? makeOnce(name);
  making.set(name, known);
  return known;
}

async function makeOnce(name: FootageName): Promise<string> {
  const folder = join(tmpdir(), `liuhen-footage-${await recipeDigest()}`);
  const path = join(folder, name);
  if (await exists(path)) return path;
  await mkdir(folder, { recursive: true });
  const recipe: Recipe = RECIPES[name];
  // Made aside and moved: another test run may be making the same.
  const aside = await mkdtemp(join(folder, 'making-'));
  try {
    const out = join(aside, `out.${recipe.extension}`);
    await recipe.make(out, anyFootage);
    await rename(out, path);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return path;
}

function anyFootage(name: string): Promise<string> {
  if (!Object.hasOwn(RECIPES, name)) throw new Error(`no footage ${name}`);
  return footage(name as FootageName);
}

/** The recipes are this file and the one beside it: a change in either makes all footage anew. */
async function recipeDigest(): Promise<string> {
  const digest = createHash('sha256');
  for (const file of ['footage.ts', 'footage-files.ts'])
    digest.update(await readFile(join(process.cwd(), 'test/support', file)));
  return digest.digest('hex').slice(0, 16);
}

function still(size: string, out: string): Promise<void> {
  return ffmpeg([
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=${size}`,
    '-frames:v',
    '1',
    ...(out.endsWith('.jpg') ? ['-q:v', '3'] : []),
    out,
  ]);
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...args]);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
