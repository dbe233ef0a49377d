import type { FreezeReason, Obstacle, RecoveryPlan } from '#archive';

/** Chinese, then English, a line each; what follows is indented by whoever prints it. */
type Words = readonly [zh: string, en: string, ...more: string[]];

const MOST_SHOWN = 20;

export const FREEZE_WORDS: Record<FreezeReason, Words> = {
  'behind-signer': [
    '数据库落后于签名进程：很可能恢复了旧备份。出路：liuhen ledger recover --dry-run',
    'The database is behind the signer: most likely an old backup was restored. Way out: liuhen ledger recover --dry-run',
  ],
  'contradicts-signer': [
    '数据库与已签名的日志相矛盾：数据被改写，或签名进程属于另一日志。见 docs/ledger-recovery.md',
    'The database contradicts what was signed: it was rewritten, or the signer is that of another log. See docs/ledger-recovery.md',
  ],
  'contradicts-itself': [
    '日志自身前后不一：有条目或散列被增删、改写。请恢复备份后再运行 liuhen ledger recover',
    'The log contradicts itself: entries or tiles were put in, taken out or overwritten. Restore a backup, then liuhen ledger recover',
  ],
  'signer-refuses': [
    '签名进程拒绝签名：数据库中的日志不是已签名日志的延续，可能被改写。见 docs/ledger-recovery.md',
    'The signer refuses: the log in the database does not extend what was signed; it may have been rewritten. See docs/ledger-recovery.md',
  ],
};

export function obstacleWords(obstacle: Obstacle): Words {
  switch (obstacle.kind) {
    case 'contradiction':
      return [
        `数据库前 ${obstacle.size} 条与签名进程所记不同。两者不可能同属一条日志，没有强制选项；请另存现场，见 docs/ledger-recovery.md`,
        `The first ${obstacle.size} entries of the database are not those that were signed. Nothing leads from one to the other and there is no option to force it; keep everything as it is and see docs/ledger-recovery.md`,
      ];
    case 'tiles-damaged':
      return [
        '备份自身已损坏：其中的日志散列与其根不符。请改用另一份备份',
        'The backup itself is damaged: its tiles do not give its root. Restore another backup',
      ];
    case 'entries-missing':
      return [
        `第 ${obstacle.from} 至 ${obstacle.to - 1} 条（共 ${obstacle.to - obstacle.from} 条）既不在保管库也不在暂存区，继续将永远失去它们。请恢复对象存储，或改用更新的数据库备份`,
        `Entries ${obstacle.from} to ${obstacle.to - 1} (${obstacle.to - obstacle.from}) are neither in the vault nor in staging and would be lost for ever. Restore the object store, or a newer backup of the database`,
      ];
    case 'other-root':
      return [
        `找到的条目与签名进程记住的 ${obstacle.size} 条的根不符：数据库在恢复后又增长过，或保管库、暂存区的条目被改过。请把同一备份重新恢复到空库，且先不要启动任何服务`,
        `What was found does not lead to the root of ${obstacle.size} entries that was signed: the database grew after it was restored, or the entries kept were altered. Restore the same backup once more into an empty database, with nothing started`,
      ];
    case 'not-an-event':
      return [
        `第 ${obstacle.index} 条不是事件，无法写回`,
        `Entry ${obstacle.index} is no event and cannot be put back`,
      ];
    case 'events-in-the-way':
      return [
        `恢复备份之后又记录的 ${obstacle.events.length} 个事件占据了已发布事件的位置。要继续，须把同一备份重新恢复（先不启动任何服务），这些事件将丢失：`,
        `${obstacle.events.length} events recorded since the backup was restored stand where published ones belong. To go on, restore the same backup once more with nothing started; these would be lost:`,
        ...obstacle.events
          .slice(0, MOST_SHOWN)
          .map(({ chain, chainSeq, type, at, actor }) => `${at.toISOString()} ${type} ${chain} #${chainSeq} ${actor}`),
        ...(obstacle.events.length > MOST_SHOWN ? [`… ${obstacle.events.length - MOST_SHOWN}`] : []),
      ];
  }
}

export function planWords(plan: RecoveryPlan): string[] {
  const { from, to, lostEvents, cases, assets, unsigned } = plan;
  if (from === to)
    return ['数据库不落后于签名进程，没有要写回的条目 Nothing to put back: the database is as far as what was signed'];
  return [
    `写回条目 entries to put back: ${from} – ${to - 1}（${to - from}），其中数据库没有的事件 events the database lost: ${lostEvents}`,
    '只写回事件。案件、材料等表的内容不会重建，个人信息字段的明文和盐也不在日志中；请对照下列编号核对、补录：',
    'Only events are put back. Rows of cases, assets and other tables are not made again, nor the text and salts of personal fields; look after these:',
    ...listed('案件 cases', cases),
    ...listed('材料 assets', assets),
    ...(unsigned === 0
      ? []
      : [
          `暂存区另有 ${unsigned} 条从未签名、从未发布，不会写回 ${unsigned} entries in staging were never signed nor published: not put back`,
        ]),
  ];
}

function listed(title: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`  ${title} ${ids.length}:`, ...ids.map((id) => `    ${id}`)];
}
