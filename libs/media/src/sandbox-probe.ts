import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxMode } from './sandbox.js';

/** What the sandbox was seen to do just now, for the system page. */
export interface SandboxFindings {
  readonly mode: SandboxMode;
  /** A tool reads its input inside. */
  readonly runs: boolean;
  /** A tool told to connect to a listening socket of this machine could not. */
  readonly networkAbsent: boolean;
  /** A file beside the input, readable by this user, could not be read. */
  readonly otherFilesInvisible: boolean;
  readonly versions: Readonly<Record<'ffmpeg' | 'ffprobe' | 'pdfinfo', string | null>>;
}

/** Tries the sandbox's promises with the real tool. Takes well under a second; changes nothing. */
export async function probeSandbox(sandbox: Sandbox, scratchDir: string = tmpdir()): Promise<SandboxFindings> {
  const folder = await mkdtemp(join(scratchDir, 'liuhen-probe-'));
  try {
    const input = join(folder, 'seen.wav');
    const other = join(folder, 'unseen.wav');
    await writeFile(input, silence());
    await writeFile(other, silence());
    const reads = async (url: string) => {
      const args = ['-v', 'error', '-f', 'wav', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', '-i', url];
      const exit = await sandbox.run({ tool: 'ffprobe', args, input, limits: { wallMs: 10_000 } });
      return exit.code === 0 && exit.stdout.toString('utf8').trim() === 'pcm_s16le';
    };
    const runs = await reads('file:@input').catch(() => false);
    return {
      mode: sandbox.mode,
      runs,
      networkAbsent: runs && !(await connects(sandbox)),
      otherFilesInvisible: runs && !(await reads(`file:${other}`)),
      versions: {
        ffmpeg: await sandbox.toolVersion('ffmpeg').catch(() => null),
        ffprobe: await sandbox.toolVersion('ffprobe').catch(() => null),
        pdfinfo: await sandbox.toolVersion('pdfinfo').catch(() => null),
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function connects(sandbox: Sandbox): Promise<boolean> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  try {
    const port = await listen(server);
    const args = ['-v', 'error', '-f', 'wav', '-i', `tcp://127.0.0.1:${port}`];
    await sandbox.run({ tool: 'ffprobe', args, limits: { wallMs: 10_000 } });
    return connections > 0;
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

/** Ten milliseconds of 8 kHz silence as WAV. */
function silence(): Buffer {
  const samples = Buffer.alloc(160);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(16_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.length, 40);
  return Buffer.concat([header, samples]);
}
