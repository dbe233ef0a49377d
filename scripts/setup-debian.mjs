// Programs that do not come from npm. On Debian, as root, what is missing is installed; otherwise it is named.
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, note, runProgram, withSignsOfLife } from './run-program.mjs';

/**
 * @typedef {object} Need
 * @property {string} package Debian's name
 * @property {string[]} [programs] all must be on the path; a program from elsewhere will do as well
 * @property {string} [file] or this file or folder must be there
 */

/** @type {Record<'run' | 'test', readonly Need[]>} */
const NEEDS = {
  run: [
    { package: 'ffmpeg', programs: ['ffmpeg', 'ffprobe'] },
    { package: 'bubblewrap', programs: ['bwrap'] },
    { package: 'poppler-utils', programs: ['pdftoppm', 'pdftotext', 'pdfinfo'] },
    { package: 'poppler-data', file: '/usr/share/poppler/cMap' },
    { package: 'fonts-noto-cjk', file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' },
    { package: 'util-linux', programs: ['setpriv', 'prlimit'] },
    // The demo's own time-stamp authority.
    { package: 'openssl', programs: ['openssl'] },
  ],
  test: [
    { package: 'chromium', programs: ['chromium'] },
    { package: 'redis-server', programs: ['redis-server'] },
    { package: 'ceph-mon', programs: ['ceph-mon'] },
    { package: 'ceph-osd', programs: ['ceph-osd'] },
    { package: 'ceph-common', programs: ['ceph'] },
    { package: 'ceph-base', programs: ['monmaptool'] },
    { package: 'radosgw', programs: ['radosgw', 'radosgw-admin'] },
    { package: 'curl', programs: ['curl'] },
    { package: 'python3', programs: ['python3'] },
  ],
};

/** Servers named in the environment need not be installed. */
const NAMED_SERVERS = [
  { variable: 'LIUHEN_TEST_REDIS_URL', packages: ['redis-server'] },
  { variable: 'LIUHEN_TEST_S3_ENDPOINT', packages: ['ceph-mon', 'ceph-osd', 'ceph-common', 'ceph-base', 'radosgw'] },
];

/**
 * Makes sure that all programs of these sets are there, or ends with what to install.
 * @param {...('run' | 'test')} sets
 */
export async function ensurePrograms(...sets) {
  const named = NAMED_SERVERS.filter(({ variable }) => process.env[variable]).flatMap(({ packages }) => packages);
  const needs = sets.flatMap((set) => NEEDS[set]).filter((need) => !named.includes(need.package));
  const missing = needs.filter((need) => !isThere(need)).map((need) => need.package);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !isProgram('apt-get')) {
    giveUp(
      `✗ 缺少以下软件，请安装后重试：${missing.join(' ')}`,
      '  These are missing; install them, then run this again. On Debian 12:',
      `    sudo sh -c '${command}'`,
    );
  }
  note(`· 将安装 Will install: ${missing.join(' ')}`);
  await withSignsOfLife('安装系统软件 Installing programs (apt-get)', () => install(missing, command));
  const still = needs.filter((need) => !isThere(need)).map((need) => need.package);
  if (still.length > 0) giveUp(`✗ 安装后仍缺少 Still missing after the installation: ${still.join(' ')}`);
}

/**
 * @param {readonly string[]} packages
 * @param {string} command for a person to run instead
 */
async function install(packages, command) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const steps = [
    ['-q', '-o', 'Acquire::Retries=3', 'update'],
    [
      '-q',
      '-y',
      '-o',
      'Acquire::Retries=3',
      '-o',
      'Dpkg::Use-Pty=0',
      'install',
      '--no-install-recommends',
      ...packages,
    ],
  ];
  for (const args of steps) {
    const { code, text } = await runProgram('apt-get', args, { env, output: 'keep' });
    // A dead mirror among several fails the update and not the installation.
    if (code === 0 || args.includes('update')) continue;
    giveUp(
      text.trimEnd().split('\n').slice(-15).join('\n'),
      `✗ 安装失败，请手动执行 Installation failed; run by hand: ${command}`,
    );
  }
}

function isThere(/** @type {Need} */ need) {
  return (need.programs ?? []).every(isProgram) && (need.file === undefined || existsSync(need.file));
}

function isProgram(/** @type {string} */ name) {
  const folders = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`.split(':').filter(Boolean);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
