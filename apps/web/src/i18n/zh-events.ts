import type { EventType } from '#domain';

const types: Record<EventType, string> = {
  'unit.created': '新建单位',
  'account.created': '新建账户',
  'account.changed': '修改账户',
  'account.password_changed': '修改密码',
  'account.signed_in': '登录',
  'account.sign_in_failed': '登录失败',
  'account.signed_out': '退出登录',
  'case.opened': '立案',
  'case.changed': '修改案件信息',
  'case.step_added': '增加环节',
  'case.step_changed': '环节状态变动',
  'case.asset_linked': '材料归入环节',
  'case.asset_unlinked': '材料移出环节',
  'asset.begun': '开始上传',
  'asset.received': '接收完毕',
  'asset.dropped': '放弃上传',
  'asset.sealed': '读回核对一致，已封存',
  'asset.quarantined': '核对不一致，已隔离',
  'asset.looked': '识别内容，生成预览',
  'asset.proxy_made': '制作转码副本',
  'asset.linked': '归入案件环节',
  'asset.viewed': '开始查看',
  'asset.view_ended': '查看结束',
};

export const zhEvents = {
  types,
  other: '其他事件',
  system: '系统',
  nobody: '未知人员',
  seq: (n: number) => `第 ${n} 条`,
  leaf: '叶摘要',
  details: '展开日志原文',
  empty: '尚无事件',
};
