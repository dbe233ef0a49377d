import { logRepository } from '#persistence';
import { type Altered, leaveOutEvent, swapFile } from '../support/attacks/alter-dossier.js';
import { flipByte, replaceOriginal } from '../support/attacks/replace-original.js';
import { takeBackup } from '../support/attacks/restore-backup.js';
import {
  deleteEvent,
  editEvent,
  forged,
  insertEvent,
  recomputeAll,
  swapEvents,
} from '../support/attacks/rewrite-events.js';
import { forgetSigned } from '../support/attacks/steal-key.js';
import type { Content } from '../support/dossier-draft.js';
import type { LoggedArchive } from '../support/logged-archive.js';

/** The archive under attack: running, its log kept, with one sealed original. */
export interface Target {
  readonly running: LoggedArchive;
  readonly asset: { readonly id: string; readonly objectKey: string };
  /** An entry in the middle of the log. */
  readonly index: number;
  /** Some more work is done in the archive, logged and signed. */
  work(): Promise<void>;
}

export interface Attack {
  readonly zh: string;
  readonly en: string;
  /** Its damage can be mended from the replica afterwards, by whoever looked into it. */
  readonly isHealed?: boolean;
  /** What the attacker prepares before the clock starts; then what he does. */
  play(target: Target): Promise<() => Promise<void>>;
}

const at = (name: Omit<Attack, 'play'>, act: (target: Target) => Promise<void>): Attack => ({
  ...name,
  play: async (target) => () => act(target),
});

export const ATTACKS: readonly Attack[] = [
  at({ zh: '翻转原件中的一个比特', en: 'flip a bit in an original', isHealed: true }, ({ running, asset }) =>
    flipByte(running.dir, asset.objectKey, 1_234),
  ),
  at({ zh: '替换原件，并改数据库中的摘要', en: 'replace an original and its row' }, ({ running, asset }) =>
    replaceOriginal({ dir: running.dir, url: running.ownerUrl }, asset, Buffer.alloc(100_000, 9)),
  ),
  at({ zh: '超级用户改写事件', en: 'superuser edits an event' }, ({ running, index }) =>
    editEvent(running.ownerUrl, index, forged),
  ),
  at({ zh: '超级用户删除事件', en: 'superuser deletes an event' }, ({ running, index }) =>
    deleteEvent(running.ownerUrl, index),
  ),
  at({ zh: '超级用户插入事件', en: 'superuser inserts an event' }, ({ running, index }) =>
    insertEvent(running.ownerUrl, index),
  ),
  at({ zh: '超级用户调换事件次序', en: 'superuser reorders events' }, ({ running, index }) =>
    swapEvents(running.ownerUrl, index, index + 2),
  ),
  at({ zh: '改写事件并重算全部散列', en: 'edit, then recompute all hashes' }, ({ running, index }) =>
    recomputeAll(running.ownerUrl, { index, change: forged }),
  ),
  {
    zh: '恢复旧的数据库备份',
    en: 'restore an old backup',
    play: async ({ running, work }) => {
      const backup = await takeBackup(running.ownerUrl);
      const { size } = await logRepository.state(running.logDatabase.reader);
      while ((await running.signer.client.state()).size <= size) await work();
      return async () => {
        await backup.restore();
        await backup.drop();
      };
    },
  },
  at({ zh: '窃取日志私钥，另签一条历史', en: 'stolen key signs a fork' }, async ({ running, index }) => {
    await recomputeAll(running.ownerUrl, { index, change: forged });
    await forgetSigned(running.signerDir);
    await running.restartSigner();
  }),
];

/** On a dossier in somebody's hands, its manifests made again. */
export interface DossierAttack {
  readonly zh: string;
  readonly en: string;
  play(dossier: Altered): Content;
}

export const DOSSIER_ATTACKS: readonly DossierAttack[] = [
  {
    zh: '从案卷中抽走一个事件，并重做清单',
    en: 'remove an event from a dossier, manifests made again',
    play: (dossier) => leaveOutEvent(dossier, 3),
  },
  {
    zh: '替换案卷中的一份原件，并重做清单',
    en: 'swap a file in a dossier, manifests made again',
    play: (dossier) => swapFile(dossier, Buffer.from('another recording')),
  },
];
