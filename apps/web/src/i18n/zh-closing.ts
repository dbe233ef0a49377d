import type { ClosingManner } from '#domain';

const manners: Record<ClosingManner, string> = {
  executed: '行政处罚决定执行完毕',
  'execution-ended': '人民法院裁定终结执行',
  'investigation-ended': '案件终止调查',
  'no-penalty': '依法不予行政处罚',
  'not-established': '违法事实不能成立',
  transferred: '移送其他机关处理',
  other: '其他',
};

/** Words on closing a case. */
export const zhClosing = {
  closing: {
    button: '结案',
    title: '结案',
    hint: '结案后案件信息、环节和材料都不能再更改，也不能再上传；仍可查看、回放和导出。结案时固定全案材料，并逐个复核原件。',
    manner: '结案方式',
    manners,
    mannerNeeded: '请选择结案方式',
    reason: '结案理由',
    confirm: '确认结案',
    done: '已结案',
    obstacles: '以下事项须先处理，才能结案',
    kinds: { 'unfinished-upload': '尚未传完', unsealed: '尚未封存', quarantined: '核对不一致，已隔离' },
    hints: {
      'unfinished-upload': '请传完或取消上传。',
      unsealed: '通常片刻即可封存，稍候重试。',
      quarantined: '已隔离的原件无法恢复。请确认已重新上传正确的文件，再勾选下项。',
    },
    from: (name: string) => `上传人 ${name}`,
    again: '重新检查',
    despite: (n: number) => `我已知悉 ${n} 份已隔离的材料将原样留在案中，仍要结案`,
    banner: (time: string) => `已于 ${time} 结案`,
    by: (name: string) => `经办 ${name}`,
    originals: '原件复核',
    originalsPending: '正在逐个复核…',
    originalsGood: (n: number) => (n === 0 ? '本案没有原件' : `${n} 份原件全部一致`),
    originalsBad: (n: number, all: number) => `${all} 份原件中有 ${n} 份不一致，请立即联系管理员`,
    timestamp: '时间戳',
    timestampPending: '等待时间戳机构…',
    timestampOff: '未配置时间戳机构：结案时间仅凭存证日志自述',
    timestamped: (time: string, authority: string) => `${time}，${authority}`,
    demoAuthority: '演示用的时间戳机构与本系统在同一台机器上，不能证明时间',
    quarantined: (n: number) => `结案时有 ${n} 份材料已隔离`,
  },
};
