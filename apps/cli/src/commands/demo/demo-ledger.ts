import { setTimeout as sleep } from 'node:timers/promises';
import { assetPageSchema, type Ledger, ledgerSchema, receiptSchema } from '#contract';
import { fromHex } from '#domain';
import { nodeAlgorithms } from '#signing';
import { parsePolicy, verifyLogProof } from '#tlog';
import type { ApiClient } from '../../client/api-client.js';

const SETTLE_MS = 60_000;

/**
 * Waits until all that was recorded is under a signed checkpoint, then has the receipt of one original proved against
 * it: what an officer can do later with the receipt alone.
 * @returns lines for people, and what is not as it should be
 */
export async function proveInLedger(
  clients: { readonly supervisor: ApiClient; readonly officer: ApiClient },
  caseId: string,
): Promise<{ lines: string[]; problem: string | null; vkey: string | null }> {
  const ledger = await settled(clients.supervisor);
  const { signed, keys } = ledger;
  if (signed === null || keys === null || ledger.frozen !== null || signed.size < ledger.size)
    return { lines: [], problem: '存证日志未能签名 the ledger could not be signed', vkey: null };
  const { vkey } = keys;
  const lines = [
    `存证日志 Ledger: ${ledger.size} 条 entries，已签名 signed ${signed.at}`,
    `  公钥 key（请另处留存，核验时用 keep it elsewhere, to check with）: ${vkey}`,
  ];
  const { items } = await clients.officer.get('/assets', assetPageSchema, { caseId, limit: 1 });
  const [asset] = items;
  if (asset === undefined) return { lines, problem: null, vkey };
  const { event } = await clients.officer.get(`/assets/${asset.id}/receipt`, receiptSchema);
  try {
    const leafHash = fromHex(event.leaf.slice('sha256:'.length));
    const proof = await (
      await fetch(`${clients.officer.origin}/log/proof/${event.leaf.slice('sha256:'.length)}`)
    ).text();
    const policy = parsePolicy(nodeAlgorithms.hash, `log ${vkey}\nquorum none\n`);
    const { index } = await verifyLogProof(nodeAlgorithms, policy, { leafHash, proof });
    return {
      lines: [...lines, `  ${asset.fileName} 的回执：第 ${index} 条 its receipt is entry ${index}，证明有效 proved`],
      problem: null,
      vkey,
    };
  } catch (error) {
    return { lines, problem: `回执未能在日志中证明 the receipt is not proved: ${String(error)}`, vkey };
  }
}

async function settled(supervisor: ApiClient): Promise<Ledger> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const ledger = await supervisor.get('/ledger', ledgerSchema);
    if ((ledger.waiting === 0 && ledger.signed?.size === ledger.size) || Date.now() > deadline) return ledger;
    await sleep(300);
  }
}
