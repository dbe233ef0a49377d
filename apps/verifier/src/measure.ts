// For the bench, not for the verifier: block roots alone, by the same code and under the same content policy.
import workerSource from 'virtual:hash-worker';
import { toHex } from '#domain';
import { sha256 } from '#dossier';
import { BLOCK_BYTES, GrowingTree } from '#tlog';
import { chunksOf } from './files/chosen-files.js';
import { leafOfBlock } from './hashing/browser-checks.js';
import { HashWorkers } from './hashing/hash-workers.js';
import { startWorker } from './hashing/start-worker.js';

const workers = new HashWorkers(2, () => startWorker(workerSource));
const input = document.getElementById('file');
if (input instanceof HTMLInputElement) input.onchange = () => void measure(input.files?.[0]);

async function measure(file: File | undefined): Promise<void> {
  if (file === undefined) return;
  const began = performance.now();
  const tree = new GrowingTree(sha256);
  const leafOf = leafOfBlock(workers);
  for await (const chunk of chunksOf(file)) {
    const blocks = Array.from({ length: Math.ceil(chunk.length / BLOCK_BYTES) }, (_, n) => {
      return leafOf(chunk.subarray(n * BLOCK_BYTES, (n + 1) * BLOCK_BYTES));
    });
    for (const leaf of await Promise.all(blocks)) tree.append(leaf);
  }
  const seconds = (performance.now() - began) / 1_000;
  document.getElementById('result')?.replaceChildren(JSON.stringify({ root: toHex(tree.root()), seconds }));
}
