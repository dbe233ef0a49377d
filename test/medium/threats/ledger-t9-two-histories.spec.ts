import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tilePath, tilesOf } from '#tlog';
import { noteForkCommand } from '../../../apps/cli/src/commands/check/note-fork.command.js';
import type { Terminal } from '../../../apps/cli/src/terminal/terminal.js';
import { ReadLog } from '../../../libs/archive/src/ledger/log/read-log.js';
import { forged, recomputeAll } from '../../support/attacks/rewrite-events.js';
import { forgetSigned } from '../../support/attacks/steal-key.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { settleAll, write } from './ledger-work.js';

describe('T9: two are shown two histories', () => {
  let running: LoggedArchive;
  let vkey: string;
  /** By name: checkpoints two people hold, in files. */
  const paths: Record<string, string> = {};

  beforeAll(async () => {
    running = await runLoggedArchive();
    ({ vkey } = await running.signer.client.state());
    await write(running, 10);
    await settleAll(running);
    await keep('first');
    await write(running, 290);
    const size = await settleAll(running);
    await keep('honest');
    await recomputeAll(running.ownerUrl, { index: 4, change: forged });
    await running.sequencer.stop();
    await forgetSigned(running.signerDir);
    await running.restartSigner();
    await running.publish.run();
    await keep('forked');
    await mirror('mirror-of-fork', size);
  });
  afterAll(() => running.stop());

  const keep = async (name: string): Promise<void> => {
    paths[name] = join(running.dir, name);
    await writeFile(paths[name] ?? '', await new ReadLog(running.parts).checkpoint());
  };
  /** What curl would make of the log as it is served now. */
  const mirror = async (name: string, size: number): Promise<void> => {
    const log = new ReadLog(running.parts);
    for (const tile of tilesOf(size)) {
      const path = join(running.dir, name, tilePath(tile));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await log.bytes(log.placeOf(tilePath(tile))));
    }
  };
  const compare = async (a: string, b: string, log?: string): Promise<{ code: number | undefined; text: string }> => {
    const lines: string[] = [];
    const terminal = { say: (...said: string[]) => lines.push(...said) } as unknown as Terminal;
    const options = { key: vkey, ...(log === undefined ? {} : { log }) };
    const code = await noteForkCommand.run({
      ...{ options, env: {}, terminal },
      positionals: [paths[a] ?? a, paths[b] ?? b],
    });
    return { code, text: lines.join('\n') };
  };

  it('of one size: the two notes prove it', async () => {
    const { code, text } = await compare('honest', 'forked');
    expect(code).toBe(1);
    expect(text).toMatch(/^bad: 分叉 FORK: \d+ 条时有两个根/);
    expect(text.match(/— log\.example\/test /g)).toHaveLength(2);
  });

  it('of two sizes: the older is no prefix of what is served now', async () => {
    const { code, text } = await compare('first', 'forked', join(running.dir, 'mirror-of-fork'));
    expect(code).toBe(1);
    expect(text).toContain('The smaller is no prefix');
  });

  it('and says of one log that it is one', async () => {
    const published = join(running.dir, 'objects', 'vault', 'ledger');
    expect((await compare('honest', 'honest')).code).toBe(0);
    expect(await compare('first', 'honest', published)).toEqual({ code: 0, text: 'ok: 同一条日志 one log' });
  });

  it('and that it cannot tell without the log of the larger one', async () => {
    expect((await compare('first', 'forked')).code).toBe(2);
    expect((await compare('first', 'forked', join(running.dir, 'objects', 'vault', 'ledger'))).code).toBe(2);
  });

  it('and takes no note that the log has not signed', async () => {
    const forgery = join(running.dir, 'forgery');
    const note = await new ReadLog(running.parts).checkpoint();
    await writeFile(forgery, note.replace(/\n\d+\n/, '\n7\n'));
    const { code, text } = await compare('honest', forgery);
    expect(code).toBe(1);
    expect(text).toMatch(/^bad: /);
    expect(text).not.toContain('FORK');
  });
});
