import type { InterruptionReason, MarkKind } from '#domain';

const kinds: Record<MarkKind, string> = { note: '标注', 'key-content': '关键内容', interruption: '中断说明' };
const reasons: Record<InterruptionReason, string> = {
  power: '电量不足',
  storage: '存储空间不足',
  'device-fault': '设备故障',
  damaged: '设备损坏',
  privacy: '涉及秘密或者隐私',
  safety: '人身安全',
  'pause-of-work': '执法活动中止',
  other: '其他',
};

/** Words on marks and transcripts. */
export const zhMarks = {
  marks: {
    title: '标注',
    add: '添加标注',
    kind: '类别',
    kinds,
    reason: '中断原因',
    reasons,
    from: '开始',
    to: '结束',
    page: '页',
    onPage: (n: number) => `第 ${n} 页`,
    here: '取当前位置',
    text: '内容',
    textHints: {
      note: '需要留意的内容',
      'key-content': '此时段的关键内容，如告知权利、当事人陈述',
      interruption: '中断的经过，何人决定、如何处理',
    },
    save: '保存',
    saved: '已标注',
    edit: '修改',
    withdraw: '撤回',
    withdrawn: '已撤回',
    jump: (place: string) => `跳到 ${place}`,
    version: (n: number) => `第 ${n} 版`,
    earlier: (n: number) => `此前 ${n} 版`,
    empty: '还没有标注',
    timeHint: '如 1:02:03 或 12:05',
    wrongTime: '请按 12:05 或 1:02:03 填写',
    transcript: '文字记录',
    attach: '附文字记录',
    attached: '已附上',
    transcriptText: '文字内容',
    transcriptAsset: '或者选择写有文字的材料',
    madeBy: { hand: '人工记录', machine: '机器转写' },
    maker: { hand: '记录人', machine: '转写程序' },
    by: (how: string, maker: string) => `${how}：${maker}`,
    seeAsset: '查看所在材料',
    missing: '尚缺',
  },
};
