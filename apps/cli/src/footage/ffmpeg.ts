import { spawn } from 'node:child_process';
import { ArchiveError } from '#domain';

/**
 * Runs ffmpeg for the sample footage. Its input is made here, not handed in by anyone, so it needs no sandbox; evidence
 * never passes this way.
 *
 * @param onSeconds how many seconds of output are written so far
 * @throws ArchiveError `tool-failed` with what ffmpeg said
 */
export async function ffmpeg(args: readonly string[], onSeconds?: (seconds: number) => void): Promise<void> {
  const child = spawn(
    'ffmpeg',
    ['-hide_banner', '-nostdin', '-v', 'error', '-progress', 'pipe:1', '-stats_period', '0.5', '-y', ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const times = [...text.matchAll(/^out_time_us=(\d+)$/gm)];
    const last = times.at(-1)?.[1];
    if (last !== undefined) onSeconds?.(Number(last) / 1_000_000);
  });
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', (cause) => fail(new ArchiveError('tool-failed', 'ffmpeg cannot be started', { cause })));
    child.once('close', done);
  });
  if (code !== 0) throw new ArchiveError('tool-failed', `ffmpeg ended with ${code}: ${said.trim()}`);
}

/** Whether this ffmpeg was built with a filter; speech needs `flite`, which not every build has. */
export async function hasFilter(name: string): Promise<boolean> {
  const child = spawn('ffmpeg', ['-hide_banner', '-filters'], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise<void>((done) => child.once('error', () => done()).once('close', () => done()));
  return new RegExp(`^\\s*\\S+\\s+${name}\\s`, 'm').test(text);
}
