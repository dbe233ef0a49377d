import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { type Chain, newId } from '#domain';
import { checkpointRepository, logRepository, settingsRepository } from '#persistence';
import { verifyEd25519 } from '#signing';
import { decodeEntries, openCheckpoint, type Policy, parseLogProof, parsePolicy, verifyLogProof } from '#tlog';
import { appendEvents, bySystem } from '../../../libs/archive/src/ledger/append-events.js';
import { eventLeafHash, sha256 } from '../../../libs/archive/src/ledger/canonical.js';
import { ReadLog } from '../../../libs/archive/src/ledger/log/read-log.js';
import { StampLog } from '../../../libs/archive/src/ledger/log/stamp-log.js';
import { WatchLedger } from '../../../libs/archive/src/ledger/log/watch-ledger.js';
import { readAll } from '../../../libs/archive/src/ledger/log/write-once.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { startTimestampAuthority } from '../../support/timestamp-authority.js';

describe('the log as it is kept', () => {
  let running: LoggedArchive;
  const algorithms = { hash: sha256, verify: verifyEd25519 };

  beforeAll(async () => {
    running = await runLoggedArchive();
    await running.settle();
  });
  afterAll(() => running.stop());

  const write = async (count = 1): Promise<Chain> => {
    const chain: Chain = `case:${newId()}`;
    const { database, clock } = running.parts;
    const drafts = Array.from({ length: count }, (_, n) => ({ type: 'case.changed' as const, chain, public: { n } }));
    await database.transaction((tx) => appendEvents(tx, bySystem(clock.now()), drafts));
    return chain;
  };
  const policy = async (quorum: 'w1' | 'none'): Promise<Policy> => {
    const { vkey } = await running.signer.client.state();
    return parsePolicy(sha256, `log ${vkey}\nwitness w1 ${running.witness.vkey}\nquorum ${quorum}\n`);
  };

  it('is signed, cosigned, and proves each event to who knows the keys', async () => {
    const chain = await write(3);
    await running.settle();
    expect(await running.witnesses.run()).toEqual([]);
    const log = new ReadLog(running.parts);
    const trusted = await openCheckpoint(algorithms, await policy('w1'), await log.checkpoint());
    const events = await logRepository.entriesOfChain(running.logDatabase.reader, chain);
    expect(events).toHaveLength(3);
    for (const { eventId, leafHash, index } of events) {
      const { proof } = await log.prove({ eventId });
      const proved = await verifyLogProof(algorithms, await policy('w1'), { leafHash, proof });
      expect(proved.index).toBe(index);
      expect(proved.checkpoint.size).toBe(trusted.checkpoint.size);
    }
  });

  it('is served as tiles and entries, no further than it is signed', async () => {
    await write(300);
    await running.settle();
    const log = new ReadLog(running.parts);
    const { size } = (await openCheckpoint(algorithms, await policy('none'), await log.checkpoint())).checkpoint;
    const entries = decodeEntries(await log.bytes(log.placeOf('tile/entries/000')), 256);
    const hashes = await log.bytes(log.placeOf('tile/0/000'));
    expect(Buffer.concat(entries.map((entry) => eventLeafHash(Buffer.from(entry)))).equals(hashes)).toBe(true);
    await write(1);
    while ((await running.sequencer.step()) !== 0);
    const beyond = `tile/0/${String(Math.floor(size / 256)).padStart(3, '0')}.p/${(size % 256) + 1}`;
    await expect(log.bytes(log.placeOf(beyond))).rejects.toMatchObject({ code: 'not-found' });
    expect(() => log.placeOf('tile/0/../secret')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('says of an event that is not signed for yet that it is pending', async () => {
    const chain = await write(1);
    while ((await running.sequencer.step()) !== 0);
    const [event] = await logRepository.entriesOfChain(running.logDatabase.reader, chain);
    const proof = new ReadLog(running.parts).prove({ eventId: event?.eventId ?? '' });
    await expect(proof).rejects.toMatchObject({ code: 'ledger-pending' });
    await running.settle();
    const { proof: text } = await new ReadLog(running.parts).prove({ eventId: event?.eventId ?? '' });
    expect(parseLogProof(text).index).toBe(event?.index);
  });

  it('is published in the vault: tiles, entries and checkpoint, once', async () => {
    await write(2);
    await running.settle();
    expect(await running.vault.run()).toBeGreaterThan(0);
    expect(await running.vault.run()).toBe(0);
    const { store } = running.parts;
    const { size } = await logRepository.state(running.logDatabase.reader);
    const [note] = await store.listVersions('vault', `ledger/checkpoint/${String(size).padStart(16, '0')}`);
    const object = { area: 'vault' as const, key: note?.key ?? '', versionId: null, sizeBytes: note?.sizeBytes ?? 0 };
    const trusted = await openCheckpoint(algorithms, await policy('none'), await readAll(store, object));
    expect(trusted.checkpoint.size).toBe(size);
    for await (const { key } of store.list('staging', 'ledger/')) throw new Error(`${key} waits still`);
  });

  it('is watched: what was verified is remembered, outside the database', async () => {
    await write(5);
    await running.settle();
    expect(await running.watch.run()).toEqual([]);
    const state = await settingsRepository.get(running.parts.database.reader, 'ledger_watch');
    const { size } = await logRepository.state(running.logDatabase.reader);
    expect(state).toMatchObject({ verifiedSize: size, findings: [] });
  });

  it('is watched by one worker after another: each begins with what the last one verified', async () => {
    const memoryPath = join(await mkdtemp(join(running.dir, 'watch-')), 'verified.json');
    const parts = { ...running.parts, database: running.logDatabase, app: running.parts.database, memoryPath };
    const [first, second] = [new WatchLedger(parts), new WatchLedger(parts)];
    const verifiedBy = async (watch: WatchLedger): Promise<number> => {
      await write(2);
      await running.settle();
      expect(await watch.run()).toEqual([]);
      return (JSON.parse(await readFile(memoryPath, 'utf8')) as { size: number }).size;
    };
    const sizes = [await verifiedBy(first), await verifiedBy(second), await verifiedBy(first)];
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(await readdir(dirname(memoryPath))).toEqual(['verified.json']);

    // What the second alone has seen, the first knows when its turn comes.
    await verifiedBy(second);
    const entries = jest.spyOn(logRepository, 'entries');
    expect(await first.run()).toEqual([]);
    // What is read is read again from the first entry on, as always; nothing of it is new.
    expect(entries.mock.calls.map(([, from]) => from)).toEqual([0]);
    entries.mockRestore();
  });

  it('is time-stamped by an authority, and only by the one that was meant', async () => {
    const authority = await startTimestampAuthority({ dir: await mkdtemp(join(running.dir, 'tsa-')) });
    try {
      const meant = { url: authority.url, rootsPem: authority.rootPem };
      const stamp = new StampLog({ ...running.parts, authority: meant });
      const record = await stamp.run();
      expect(record?.size).toBe((await checkpointRepository.newest(running.logDatabase.reader))?.size);
      await running.settle();
      // Its own event is no news.
      expect(await stamp.run()).toBeNull();
      await write(1);
      await running.settle();
      for (const fault of ['wrong-imprint', 'wrong-nonce', 'untrusted'] as const) {
        authority.behave(fault);
        await expect(stamp.run()).rejects.toMatchObject({ code: 'timestamp-refused' });
      }
      authority.behave('down');
      await expect(stamp.run()).rejects.toMatchObject({ code: 'timestamp-unavailable' });
      authority.behave('none');
      expect(await stamp.run()).not.toBeNull();
    } finally {
      await authority.stop();
    }
  });

  it('goes on after the signer was killed, with the same signatures', async () => {
    await write(1);
    while ((await running.sequencer.step()) !== 0);
    const [first, second] = [await running.publish.run(), await running.publish.run()];
    expect(second).toEqual(first);
  });

  it('is found whole by the check', async () => {
    await running.settle();
    const report = await running.archive.system.check.run();
    expect(report.findings).toEqual([]);
    expect(report.entries).toBe((await logRepository.state(running.logDatabase.reader)).size);
  });
});
