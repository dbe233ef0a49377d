import type { Act, RecordingDetail, RecordingDuty } from './procedure.js';

/**
 * A column of 音像记录事项清单. The names are the union of what agencies use; `also` are other names for the same. What the
 * archive adds (conditions, English, the id of the step) stands at the end and may be left out.
 */
export interface ListColumn {
  readonly key: ListColumnKey;
  readonly zh: string;
  readonly also: readonly string[];
  /** Characters, for whoever opens the sheet. */
  readonly width: number;
}

export type ListColumnKey =
  | 'n'
  | 'act'
  | 'procedure'
  | 'step'
  | 'when'
  | 'duty'
  | 'from'
  | 'to'
  | 'source'
  | 'fromEn'
  | 'toEn'
  | 'stepId'
  | RecordingDetail;

const column = (key: ListColumnKey, zh: string, width: number, ...also: string[]): ListColumn => ({
  key,
  zh,
  also,
  width,
});

export const LIST_COLUMNS: readonly ListColumn[] = [
  column('n', '序号', 6),
  column('act', '执法类别', 12, '执法种类', '行政执法类别'),
  column('procedure', '执法事项', 20, '执法事项名称'),
  column('step', '执法环节', 18, '环节'),
  column('when', '适用情形', 24, '情形'),
  column('item', '记录事项', 20),
  column('duty', '记录要求', 10, '记录种类', '是否全程记录'),
  column('manner', '记录方式及设备', 16, '记录方式/设备', '记录方式', '记录设备'),
  column('place', '记录场所', 14, '记录地点'),
  column('department', '记录部门', 14, '责任部门'),
  column('recorder', '记录人', 12, '记录人员'),
  column('from', '开始记录时间', 24, '开始时间', '记录开始时间'),
  column('content', '记录内容', 30, '记录内容/过程', '记录过程'),
  column('to', '结束记录时间', 24, '结束时间', '记录结束时间'),
  column('timeLimit', '执法时限', 12),
  column('storage', '存储方式', 14),
  column('retention', '存储期限', 12, '保存期限'),
  column('class', '记录类别', 10),
  column('source', '依据', 40, '记录依据'),
  column('remarks', '备注', 16),
  column('fromEn', '开始记录时间（英文）', 24),
  column('toEn', '结束记录时间（英文）', 24),
  column('stepId', '环节标识', 20),
];

export const DUTY_WORDS: Record<RecordingDuty, { readonly zh: string; readonly also: readonly string[] }> = {
  none: { zh: '不要求', also: ['无', '否', '文字记录'] },
  optional: { zh: '可以记录', also: ['可录', '选录', '可选'] },
  required: { zh: '应当记录', also: ['必须记录', '应录', '记录', '音像记录'] },
  full: { zh: '全程记录', also: ['全程音像记录', '全过程记录', '全程', '是'] },
};

export const ACT_WORDS: Record<Act, string> = {
  penalty: '行政处罚',
  inspection: '行政检查',
  'compulsion-measure': '行政强制措施',
  'compulsory-enforcement': '行政强制执行',
  permit: '行政许可',
  levy: '行政征收征用',
  filing: '行政备案',
  payment: '行政给付',
};

/** Conditions in one cell stand apart by this. */
export const BETWEEN_CONDITIONS = '；';
