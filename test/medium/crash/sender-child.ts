// Takes in one file and seals it, in a process of its own that ends at the failpoint it was given.
import { writeSync } from 'node:fs';
import { type ArchiveOptions, assembleArchive, openArchive } from '#archive';
import type { Actor, Id } from '#domain';
import { SILENT } from '../../support/running-archive.js';
import { anUpload, aPiece, sha256Of } from '../archive/work.js';
import { contentOf } from './content.js';
import { Failpoints, withFailpoints } from './failpoints.js';

export interface SenderOrder {
  readonly options: Omit<ArchiveOptions, 'log' | 'clock'>;
  readonly actor: Actor;
  /** Which point is the last; beyond all points it comes to its end. */
  readonly fatal: number;
  readonly seed: number;
  /** One request each. */
  readonly pieceBytes: readonly number[];
  readonly hasChecksums: boolean;
  readonly target: { readonly caseId: Id; readonly occurrenceId: Id } | null;
}

const order: SenderOrder = JSON.parse(process.argv[2] ?? '');
const opened = await openArchive({ ...order.options, log: SILENT });
const archive = assembleArchive(withFailpoints(opened.parts, new Failpoints(order.fatal)));
const lengthBytes = order.pieceBytes.reduce((sum, size) => sum + size, 0);
const content = contentOf(order.seed, lengthBytes);
const say = (line: string): void => void writeSync(1, `${line}\n`);

const { assetId } = await archive.uploads.begin.run(
  order.actor,
  anUpload({ lengthBytes, declaredSha256: sha256Of(content), target: order.target }),
);
say(`begun ${assetId}`);
let offsetBytes = 0;
for (const size of order.pieceBytes) {
  const bytes = content.subarray(offsetBytes, offsetBytes + size);
  const digest = Buffer.from(sha256Of(bytes).slice('sha256:'.length), 'hex');
  const checksum = order.hasChecksums ? ({ algorithm: 'sha256', digest } as const) : null;
  const status = await archive.uploads.write.run(order.actor, assetId, aPiece(bytes, { offsetBytes, checksum }));
  offsetBytes = status.offsetBytes;
  say(`acknowledged ${offsetBytes}`);
}
say(`sealed ${await archive.work.seal.run(assetId)}`);
await opened.close();
say('ended');
