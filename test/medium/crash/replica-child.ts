// Copies an original to the second store, or heals one, in a process of its own that ends at the failpoint it was given.
import { writeSync } from 'node:fs';
import { type ArchiveOptions, assembleArchive, openArchive } from '#archive';
import type { Id } from '#domain';
import { SILENT } from '../../support/running-archive.js';
import { Failpoints, withFailpoints } from './failpoints.js';

export interface ReplicaOrder {
  readonly options: Omit<ArchiveOptions, 'log' | 'clock'>;
  /** Which point is the last; beyond all points it comes to its end. */
  readonly fatal: number;
  readonly work: { readonly replicate: Id } | { readonly heal: Id };
}

const order: ReplicaOrder = JSON.parse(process.argv[2] ?? '');
const opened = await openArchive({ ...order.options, log: SILENT });
const { work } = assembleArchive(withFailpoints(opened.parts, new Failpoints(order.fatal)));
const result =
  'heal' in order.work ? await work.heal.run(order.work.heal) : await work.replicate.run(order.work.replicate);
writeSync(1, `ended ${result}\n`);
process.exit(0);
