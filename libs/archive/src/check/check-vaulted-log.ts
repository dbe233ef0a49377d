import type { ObjectStore } from '#object-store';
import { keys } from '#object-store';
import { logRepository, type Tx } from '#persistence';
import { bundlePath, decodeEntries, parseCheckpoint, parseNote, TILE_WIDTH, tileAt } from '#tlog';
import { eventLeafHash } from '../ledger/canonical.js';
import { storedRoot } from '../ledger/log/tree-proofs.js';
import { readAll } from '../ledger/log/write-once.js';
import type { Finding } from './check-chains.js';

const WHERE = 'ledger';

/**
 * The log in the database against what was published of it in the vault: the newest checkpoint there binds all before
 * it. Where they differ the older checkpoints and the entries there say from which entry on.
 */
export async function checkVaultedLog(tx: Tx, store: ObjectStore, findings: Finding[]): Promise<void> {
  const report = (what: string) => findings.push({ where: WHERE, what });
  const { vaultedSize, size } = await logRepository.state(tx);
  const sizes: number[] = [];
  for await (const { key } of store.list('vault', keys.logCheckpoints())) {
    const found = keys.sizeOfLogCheckpoint(key);
    if (found !== null) sizes.push(found);
  }
  const newest = sizes.at(-1) ?? 0;
  if (newest < vaultedSize)
    report(`the vault should hold a checkpoint of ${vaultedSize} entries; its newest is of ${newest}`);
  // What was signed and published since the size was read is no difference.
  if (newest > size && newest > (await logRepository.state(tx)).size)
    report(`the vault holds a checkpoint of ${newest} entries, the log has ${size}`);
  const within = sizes.filter((one) => one <= size);
  const firstBad = await firstFrom(within, async (at) => !(await isOfDatabase(tx, store, at)));
  if (firstBad === null) return;
  const from = within[within.indexOf(firstBad) - 1] ?? 0;
  const entry = await firstOtherEntry(tx, store, { from, to: firstBad });
  report(
    `the first ${firstBad} entries are not those published in the vault` +
      (entry === null ? '' : `; the first that differs is entry ${entry}`),
  );
}

/** The first for which it holds, where it holds for all after it too. Mostly for none: then one question is asked. */
async function firstFrom(sizes: readonly number[], isBad: (size: number) => Promise<boolean>): Promise<number | null> {
  const last = sizes.at(-1);
  if (last === undefined || !(await isBad(last))) return null;
  let [low, high] = [0, sizes.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (await isBad(sizes[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return sizes[high] ?? null;
}

async function isOfDatabase(tx: Tx, store: ObjectStore, size: number): Promise<boolean> {
  const note = await readVault(store, keys.logCheckpoint(size));
  if (note === null) return false;
  const [published, own] = await Promise.all([
    parseCheckpoint(parseNote(note).text),
    storedRoot(tx, size).catch(() => null),
  ]);
  return published.size === size && own !== null && Buffer.from(published.root).equals(own);
}

async function firstOtherEntry(
  tx: Tx,
  store: ObjectStore,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<number | null> {
  for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index++) {
    const { width } = tileAt(to, 0, index);
    const bundle = await readVault(store, keys.logTile(bundlePath({ index, width })));
    if (bundle === null) return null;
    const leaves = decodeEntries(bundle, width);
    const entries = await logRepository.entries(tx, index * TILE_WIDTH, width);
    for (const [n, leaf] of leaves.entries()) {
      const entry = entries[n];
      const isSame = entry?.leaf != null && eventLeafHash(entry.leaf).equals(eventLeafHash(Buffer.from(leaf)));
      if (!isSame) return index * TILE_WIDTH + n;
    }
  }
  return null;
}

/** null when it is not there. */
async function readVault(store: ObjectStore, key: string): Promise<Buffer | null> {
  const version = (await store.listVersions('vault', key)).find((one) => !one.isDeleteMarker);
  if (version === undefined) return null;
  const { versionId, sizeBytes } = version;
  return await readAll(store, { area: 'vault', key, versionId, sizeBytes });
}
