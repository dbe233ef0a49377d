import { flipByte, replaceOriginal } from '../../support/attacks/replace-original.js';
import { editEvent, forged } from '../../support/attacks/rewrite-events.js';
import { type LoggedArchive, runLoggedArchive } from '../../support/logged-archive.js';
import { received } from '../archive/work.js';
import { checkFindings, settleAll, watchFindings } from './ledger-work.js';

describe('T3: an original is replaced, and all that the database says of it', () => {
  let running: LoggedArchive;

  beforeAll(async () => {
    running = await runLoggedArchive();
  });
  afterAll(() => running.stop());

  const sealed = async () => {
    const actor = await running.person(['officer']);
    const { assetId } = await received(running, actor, Buffer.alloc(300_000, 1));
    expect(await running.archive.work.seal.run(assetId)).toBe('sealed');
    const { asset } = await running.archive.assets.view.run(actor, assetId);
    await settleAll(running);
    return { id: assetId, objectKey: asset.objectKey ?? '' };
  };
  const place = () => ({ dir: running.dir, url: running.ownerUrl });

  it('a byte flipped: the original is not what its digests say', async () => {
    const asset = await sealed();
    await flipByte(running.dir, asset.objectKey, 77_777);
    expect(await checkFindings(running)).toContain('altered: first bad block 0, 1 bad of 1');
  });

  it('object and row agree with each other, and not with the events', async () => {
    const asset = await sealed();
    await replaceOriginal(place(), asset, Buffer.alloc(300_000, 2));
    const found = await checkFindings(running);
    expect(found).toContain('the row differs from the event of receipt');
    expect(found).toContain('the row differs from the event of the seal');
  });

  it('the event of the seal is edited to agree: then the log does not', async () => {
    const asset = await sealed();
    await replaceOriginal(place(), asset, Buffer.alloc(300_000, 3));
    const { reader } = running.parts.database;
    const [entry] = await reader.query(
      `SELECT l.index FROM ledger_entries l JOIN events e ON e.id = l.event_id
       WHERE e.chain = $1 AND e.type = 'asset.sealed'`,
      [`asset:${asset.id}`],
    );
    const index = Number(entry.index);
    await editEvent(running.ownerUrl, index, forged);
    expect(await checkFindings(running)).toContain(`entry ${index} is not the one the tile says`);
    expect(await watchFindings(running)).toContainEqual(expect.objectContaining({ index }));
  });
});
