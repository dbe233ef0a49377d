import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ffmpeg, hasFilter } from './ffmpeg.js';

/** One who speaks, by the voices ffmpeg's flite has. */
export type Voice = 'kal16' | 'rms' | 'slt';

export interface Utterance {
  readonly voice: Voice;
  readonly text: string;
}

const RATE = 44_100;

/**
 * Speech with room noise under it, as long as asked for. Where this ffmpeg cannot speak, a sound that rises and falls
 * like speech stands in.
 * @param dir an existing folder for the parts
 * @returns the path of a WAV file
 */
export async function speak(dir: string, lines: readonly Utterance[], seconds: number): Promise<string> {
  const out = join(dir, 'voice.wav');
  const speech = (await hasFilter('flite')) ? await utter(dir, lines) : null;
  const inputs = speech === null ? ['-f', 'lavfi', '-i', murmur()] : speech.flatMap((path) => ['-i', path]);
  const count = speech === null ? 1 : speech.length;
  const parts = Array.from(
    { length: count },
    (_, i) => `[${i}:a]aresample=${RATE},aformat=channel_layouts=mono,apad=pad_dur=${0.5 + (i % 3) * 0.4}[s${i}]`,
  );
  const joined = `${Array.from({ length: count }, (_, i) => `[s${i}]`).join('')}concat=n=${count}:v=0:a=1[speech]`;
  const room = `anoisesrc=r=${RATE}:a=0.012:c=brown:seed=11,aformat=channel_layouts=mono[room]`;
  // "Now recording" is said after a breath; a speaker who ends early leaves the room to be heard.
  const mix =
    '[speech]volume=0.85,adelay=900,apad[voice];[voice][room]amix=inputs=2:duration=first:normalize=0,' +
    'aecho=0.8:0.5:28:0.18,alimiter=limit=0.9[out]';
  const graph = (speech === null ? [...parts.map(cutEndless), joined, room, mix] : [...parts, joined, room, mix]).join(
    ';',
  );
  await ffmpeg([...inputs, '-filter_complex', graph, '-map', '[out]', '-t', String(seconds), ...WAV, out]);
  return out;

  function cutEndless(part: string): string {
    return part.replace('[0:a]', `[0:a]atrim=duration=${seconds},`);
  }
}

const WAV = ['-c:a', 'pcm_s16le', '-ac', '1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];

/** flite is not thread-safe: one process for each line. */
async function utter(dir: string, lines: readonly Utterance[]): Promise<string[]> {
  const paths: string[] = [];
  for (const [i, { voice, text }] of lines.entries()) {
    const words = join(dir, `line-${i}.txt`);
    const path = join(dir, `line-${i}.wav`);
    await writeFile(words, text);
    await ffmpeg(['-f', 'lavfi', '-i', `flite=textfile='${words}':voice=${voice}`, ...WAV, path]);
    paths.push(path);
  }
  return paths;
}

/** Three formants over a wavering pitch, cut into syllables and sentences. */
function murmur(): string {
  const pitch = '(120+25*sin(2*PI*0.31*t))';
  const tone = (times: number, loud: number): string => `${loud}*sin(2*PI*${times}*${pitch}*t)`;
  const syllables = '(0.5+0.5*sin(2*PI*3.1*t))*gt(mod(t\\,7)\\,1.5)';
  return `aevalsrc='(${tone(1, 0.35)}+${tone(4, 0.16)}+${tone(9, 0.07)})*${syllables}':s=${RATE}`;
}
