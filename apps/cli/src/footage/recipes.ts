import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { burnIn, FRAME_RATE, personGraph, roomGraph, stillGraph, type Walk, wanderGraph } from './camera.js';
import { withExif } from './exif.js';
import { ffmpeg } from './ffmpeg.js';
import { scanPaper } from './papers.js';
import {
  compactDay,
  DEVICE,
  filingPapers,
  INSPECTION_WORDS,
  INTERVIEW_WORDS,
  onTheDay,
  PLACE,
  type SampleDay,
  SHELF_WORDS,
  TIMES,
} from './sample.js';
import { scannedPdf } from './scanned-pdf.js';
import { GOODS, INTERVIEW_ROOM, KITCHEN, type Scene, TABLE } from './scenes.js';
import { speak, type Utterance } from './voice.js';

/** One file of the sample case. */
export interface Recipe {
  readonly fileName: string;
  /** Step of the procedure it belongs to. */
  readonly stepId: string;
  /** When it was recorded, for files whose format has no room for it; RFC 3339 with zone. */
  readonly recordedAt: string | null;
  /** Writes the file to `out`; `dir` is a working folder of its own; `onShare` hears of progress, 0 to 1. */
  make(out: string, dir: string, onShare: (share: number) => void): Promise<void>;
}

const OFFICER = '执法证号 演示-0001';
const BLUE = { r: 32, g: 44, b: 72 };
const GREY = { r: 96, g: 92, b: 88 };
/** Bytes that depend on nothing but the recipe and ffmpeg's version. */
const EXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact', '-map_metadata', '-1'];
const H264 = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-crf',
  '25',
  '-g',
  '50',
  '-keyint_min',
  '50',
  '-sc_threshold',
  '0',
];
const H265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-crf', '27', '-tag:v', 'hvc1'];
const H265_PARAMS = ['-x265-params', 'log-level=error:keyint=50:min-keyint=50:scenecut=0'];
const AAC = ['-c:a', 'aac', '-b:a', '64k', '-ar', '44100', '-ac', '1'];

/** What the sample case has, made as of its day. */
export const recipesOf = (day: SampleDay): readonly Recipe[] => [
  {
    ...{ fileName: '立案审批表.pdf', stepId: 'filing', recordedAt: `${day}T${TIMES.filing}+08:00` },
    make: (out, dir, onShare) => makePapers(day, out, dir, onShare),
  },
  bodyCamera(day, {
    fileName: `DSJ-A7_000123_${compactDay(day)}_093012.mp4`,
    time: TIMES.inspection,
    seconds: 30,
    words: INSPECTION_WORDS,
    walk: {
      x: '560+460*sin(t/9)+7*sin(t*2.9)',
      y: '220+70*sin(t/6)+6*sin(t*3.7)',
      personX: '1500-18*t',
      personY: '430+6*sin(t*5)',
    },
    codec: [...H264, '-pix_fmt', 'yuv420p', ...AAC, '-movflags', '+faststart'],
  }),
  bodyCamera(day, {
    fileName: `DSJ-A7_000123_${compactDay(day)}_093112.mp4`,
    time: TIMES.inspectionGoesOn,
    seconds: 20,
    words: SHELF_WORDS,
    walk: {
      x: '120+90*sin(t/5)+8*sin(t*3.1)',
      y: '170+80*sin(t/7)+7*sin(t*4.1)',
      personX: '980+30*sin(t/3)',
      personY: '450+5*sin(t*4)',
    },
    codec: [...H265, ...H265_PARAMS, '-pix_fmt', 'yuv420p', ...AAC, '-movflags', '+faststart'],
  }),
  {
    ...{ fileName: `IMG_${compactDay(day)}_094805.jpg`, stepId: 'evidence-preservation', recordedAt: null },
    make: (out, dir) => makePhoto(day, out, dir),
  },
  {
    fileName: `XWS-02_000045_${compactDay(day)}_140520.avi`,
    stepId: 'interview',
    recordedAt: `${day}T${TIMES.interview}+08:00`,
    make: (out, dir, onShare) => makeInterview(day, out, dir, onShare),
  },
];

interface BodyCameraClip {
  readonly fileName: string;
  readonly time: string;
  readonly seconds: number;
  readonly words: readonly Utterance[];
  readonly walk: Walk;
  readonly codec: readonly string[];
}

/** A clip of the inspection: MP4, whose header keeps the time of recording in UTC. */
function bodyCamera(day: SampleDay, { fileName, time, seconds, words, walk, codec }: BodyCameraClip): Recipe {
  const { utc, faceSeconds } = onTheDay(day, time);
  const size = { width: 1280, height: 720 };
  return {
    fileName,
    stepId: 'site-inspection',
    recordedAt: null,
    make: async (out, dir, onShare) => {
      const still = await drawStill(dir, 'kitchen', KITCHEN);
      const person = await drawPerson(dir, 'person', { width: 200, height: 520 }, BLUE);
      const voice = await speak(dir, words, seconds);
      const burned = { wallClockSeconds: faceSeconds, device: DEVICE.body, officer: OFFICER, place: PLACE.text };
      const graph = `${wanderGraph(size, walk)},${burnIn(burned, size.height)}[out]`;
      await ffmpeg(
        [
          ...['-i', still, '-i', person, '-i', voice],
          ...[
            '-filter_complex',
            graph,
            '-map',
            '[out]',
            '-map',
            '2:a',
            '-r',
            String(FRAME_RATE),
            '-t',
            String(seconds),
          ],
          ...[...EXACT, ...codec],
          ...['-metadata', `creation_time=${utc}`, '-metadata:s', `creation_time=${utc}`],
          ...['-metadata', `location=${iso6709()}`, out],
        ],
        (done) => onShare(done / seconds),
      );
    },
  };
}

/** A fixed recorder in the interview room: AVI with MPEG-4 Part 2 and MP3, as older ones write. */
async function makeInterview(
  day: SampleDay,
  out: string,
  dir: string,
  onShare: (share: number) => void,
): Promise<void> {
  const seconds = 24;
  const size = { width: 720, height: 560 };
  const { faceSeconds, local } = onTheDay(day, TIMES.interview);
  const room = await drawStill(dir, 'room', INTERVIEW_ROOM);
  const one = await drawPerson(dir, 'one', { width: 200, height: 420 }, BLUE);
  const two = await drawPerson(dir, 'two', { width: 200, height: 420 }, GREY);
  const table = await drawStill(dir, 'table', TABLE);
  const voice = await speak(dir, INTERVIEW_WORDS, seconds);
  const burned = { wallClockSeconds: faceSeconds, device: DEVICE.room, officer: OFFICER, place: '询问室 02' };
  const graph = `${roomGraph(size)},${burnIn(burned, size.height)}[out]`;
  await ffmpeg(
    [
      ...[room, one, two, table, voice].flatMap((path) => ['-i', path]),
      ...[
        '-filter_complex',
        graph,
        '-map',
        '[out]',
        '-map',
        '4:a',
        '-r',
        String(FRAME_RATE),
        '-t',
        String(seconds),
        ...EXACT,
      ],
      ...['-c:v', 'mpeg4', '-vtag', 'xvid', '-q:v', '6', '-g', '50', '-c:a', 'libmp3lame', '-b:a', '64k'],
      ...['-metadata', `date=${local}`, '-f', 'avi', out],
    ],
    (done) => onShare(done / seconds),
  );
}

/** Stored lying on its side, with the tag that says so, as cameras held upright do. */
async function makePhoto(day: SampleDay, out: string, dir: string): Promise<void> {
  const plain = join(dir, 'plain.jpg');
  const light = 'eq=contrast=1.05,vignette=a=PI/6,noise=alls=7:all_seed=3,transpose=dir=cclock';
  const graph = `${stillGraph(GOODS)},${light}`;
  await ffmpeg(['-f', 'lavfi', '-i', graph, '-frames:v', '1', '-q:v', '3', '-pix_fmt', 'yuvj420p', ...EXACT, plain]);
  const takenAt = onTheDay(day, TIMES.photo).local.replaceAll('-', ':');
  const tags = { ...DEVICE, takenAt, zone: '+08:00', orientation: 6, ...PLACE };
  await writeFile(out, withExif(await readFile(plain), tags));
}

async function makePapers(day: SampleDay, out: string, dir: string, onShare: (share: number) => void): Promise<void> {
  const pages = [];
  const papers = filingPapers(day);
  for (const [i, paper] of papers.entries()) {
    pages.push(await scanPaper(dir, paper, i));
    onShare((i + 1) / papers.length);
  }
  await writeFile(
    out,
    scannedPdf(pages, { title: '立案审批表（演示）', scannedAt: `D:${compactDay(day)}084000+08'00'` }),
  );
}

async function drawStill(dir: string, name: string, scene: Scene): Promise<string> {
  const path = join(dir, `${name}.png`);
  await ffmpeg(['-f', 'lavfi', '-i', stillGraph(scene), '-frames:v', '1', path]);
  return path;
}

async function drawPerson(
  dir: string,
  name: string,
  size: { width: number; height: number },
  colour: { r: number; g: number; b: number },
): Promise<string> {
  const path = join(dir, `${name}.png`);
  const graph = personGraph(size.width, size.height, colour);
  await ffmpeg(['-f', 'lavfi', '-i', graph, '-frames:v', '1', path]);
  return path;
}

function iso6709(): string {
  return `+${PLACE.latitude.toFixed(4)}+${PLACE.longitude.toFixed(4)}/`;
}
