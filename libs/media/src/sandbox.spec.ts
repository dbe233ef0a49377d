import { fullArguments, placeArguments, prlimitArguments, reducedArguments } from './sandbox-arguments.js';
import { seccompFilter } from './seccomp.js';

const LIMITS = { wallMs: 1_000, stallMs: 500, memoryBytes: 1_000_000, cpuSeconds: 7, outputBytes: 5_000 };
const PATHS = {
  toolPath: '/usr/bin/ffmpeg',
  prlimitPath: '/usr/bin/prlimit',
  readable: ['/usr/bin/ffmpeg', '/usr/lib'],
  links: [{ path: '/lib', target: 'usr/lib' }],
  inputPath: '/data/original',
  outputDir: '/data/out',
};

describe('sandbox arguments', () => {
  it('share nothing, and show the input read-only', () => {
    const line = fullArguments(PATHS, LIMITS, 3).join(' ');
    for (const part of [
      '--unshare-all',
      '--die-with-parent',
      '--new-session',
      '--cap-drop ALL',
      '--clearenv',
      '--seccomp 3',
    ]) {
      expect(line).toContain(part);
    }
    expect(line).toContain('--ro-bind /data/original /input');
    expect(line).toContain(' --bind /data/out /output');
    expect(line).not.toContain('--share-net');
    expect(line).not.toContain('/proc');
    expect(line.endsWith('--nproc=512 -- /usr/bin/ffmpeg')).toBe(true);
  });

  it('limit processor time hard, so that no handler can go on', () => {
    expect(prlimitArguments(LIMITS, '/usr/bin/prlimit')).toContain('--cpu=7:7');
  });

  it('lower the user in the reduced mode when there is one to lower from', () => {
    expect(reducedArguments(PATHS, LIMITS, '/usr/bin/setpriv')).toContain('--no-new-privs');
    expect(reducedArguments(PATHS, LIMITS, null)[0]).toBe('/usr/bin/prlimit');
  });

  it('put paths in place only at the end', () => {
    expect(placeArguments(['-i', 'file:@input', '@output/%d.jpg'], '/input', '/output')).toEqual([
      '-i',
      'file:/input',
      '/output/%d.jpg',
    ]);
  });
});

/** What the filter answers to a call, run as the kernel would. */
function verdict(filter: Buffer, arch: number, call: number): number {
  let loaded = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const code = filter.readUInt16LE(at * 8);
    const k = filter.readUInt32LE(at * 8 + 4);
    const jump = (isTrue: boolean) => filter.readUInt8(at * 8 + (isTrue ? 2 : 3));
    if (code === 0x06) return k;
    if (code === 0x20) loaded = k === 4 ? arch : call;
    else if (code === 0x15) at += jump(loaded === k);
    else if (code === 0x35) at += jump(loaded >= k);
  }
  throw new Error('fell off the end');
}

describe('system call filter', () => {
  const ALLOWED = 0x7fff0000;
  const REFUSED = 0x00050001;

  it('refuses sockets, tracing, mounting and io_uring, and lets the rest be', () => {
    const filter = seccompFilter('x64') ?? Buffer.alloc(0);
    for (const call of [41, 42, 101, 165, 250, 272, 310, 321, 425, 427])
      expect([call, verdict(filter, 0xc000003e, call)]).toEqual([call, REFUSED]);
    for (const call of [0, 1, 9, 56, 59, 257, 302, 435])
      expect([call, verdict(filter, 0xc000003e, call)]).toEqual([call, ALLOWED]);
    expect(verdict(filter, 0xc000003e, 0x40000029)).toBe(REFUSED);
    expect(verdict(filter, 0x40000003, 1)).toBe(0x80000000);
  });

  it('knows the other processor by its own numbers, and no third', () => {
    const filter = seccompFilter('arm64') ?? Buffer.alloc(0);
    expect(verdict(filter, 0xc00000b7, 198)).toBe(REFUSED);
    expect(verdict(filter, 0xc00000b7, 41)).toBe(REFUSED);
    expect(verdict(filter, 0xc00000b7, 63)).toBe(ALLOWED);
    expect(seccompFilter('mips')).toBeNull();
  });
});
