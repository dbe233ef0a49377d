export type Language = 'zh' | 'en';

interface Text {
  readonly zh: string;
  readonly en: string;
}

/** All words of the page that do not come with the report. */
export const WORDS = {
  title: { zh: '案卷核验', en: 'Dossier verifier' },
  product: { zh: '留痕', en: 'Liuhen' },
  lead: {
    zh: '核对一份案卷是否完整、是否被改动。全部在本机进行，不联网，不写入任何文件。',
    en: 'Checks whether a dossier is complete and unaltered. All of it on this machine: nothing is sent, nothing is written.',
  },
  other: { zh: 'English', en: '中文' },
  dossier: { zh: '一、选择案卷', en: '1. The dossier' },
  drop: { zh: '将案卷文件夹或 zip 文件拖到这里', en: 'Drop the folder or zip file of a dossier here' },
  folder: { zh: '选择文件夹', en: 'Choose a folder' },
  zip: { zh: '选择 zip 文件', en: 'Choose a zip file' },
  chosen: { zh: '已选择', en: 'Chosen' },
  files: { zh: '个文件', en: 'files' },
  keys: { zh: '二、填入信任的密钥', en: '2. The keys you trust' },
  keysHint: {
    zh: '密钥须从案卷以外取得：机关公布的、法院网站上的，或纸质回执上的。可输入、粘贴或用扫码枪扫入：每行一个公钥（名称+编号+密钥），或其指纹（64 位十六进制数，可分组），或整份信任策略。不填则只能核对案卷自身是否一致。',
    en: 'They must come from outside the dossier: as published, from the site of the court, or from a printed receipt. Type, paste or scan one key a line (name+id+key), or its fingerprint (64 hexadecimal digits, in groups if you like), or a whole policy. Without any, only self-consistency can be shown.',
  },
  keysLabel: { zh: '日志与见证方的公钥，或信任策略', en: 'Keys of log and witnesses, or a policy' },
  keysFile: { zh: '从文件读入', en: 'Read from a file' },
  roots: { zh: '时间戳机构的根证书（PEM，可不填）', en: 'Root certificates of time-stamp authorities (PEM, optional)' },
  rootsFile: { zh: '选择 PEM 文件', en: 'Choose a PEM file' },
  rootsNone: { zh: '未选择：时间戳将不核对', en: 'None: time-stamps will not be checked' },
  keysNone: { zh: '尚未填入：结果至多为“仅自身一致”。', en: 'None yet: the result is “self-consistent only” at most.' },
  keysLog: { zh: '日志', en: 'log' },
  keysFingerprints: { zh: '个指纹', en: 'fingerprints' },
  keysWitnesses: { zh: '见证方', en: 'witnesses' },
  keysNoLog: {
    zh: '缺少日志的公钥：只有见证方的不够。',
    en: 'The key of the log is missing; those of witnesses are not enough.',
  },
  keysWrong: { zh: '无法识别：', en: 'Cannot be read: ' },
  start: { zh: '开始核验', en: 'Check' },
  running: { zh: '正在核验', en: 'Checking' },
  reading: { zh: '读取文件', en: 'Reading files' },
  provingEvents: { zh: '核对事件与证明', en: 'Checking events and proofs' },
  provingTime: { zh: '核对时间戳', en: 'Checking time-stamps' },
  result: { zh: '核验结果', en: 'Result' },
  passed: { zh: '通过', en: 'PASS' },
  passedMeans: {
    zh: '案卷完整，各项均与有签名的日志相符：未被改动，无遗漏，无事后添加。',
    en: 'The dossier is complete and agrees with the signed log: nothing altered, left out or put in later.',
  },
  failed: { zh: '不符', en: 'FAIL' },
  failedMeans: {
    zh: '案卷与日志不符，不可采信为未经改动。原因见下表。',
    en: 'The dossier does not agree with the log. The reasons are in the table.',
  },
  unchecked: { zh: '未全部核对', en: 'NOT FULLY CHECKED' },
  uncheckedMeans: {
    zh: '已核对的各项均相符，但有的项未能核对，见下表。',
    en: 'What was checked agrees, but some of it was not checked; see the table.',
  },
  consistent: { zh: '仅自身一致', en: 'SELF-CONSISTENT ONLY' },
  consistentMeans: {
    zh: '案卷前后一致，但未提供包外的密钥，不能证明它来自所称的机关。请填入密钥后重新核验。',
    en: 'The dossier fits together, but no key came from outside, so nothing shows whose it is. Add a key and check again.',
  },
  asOf: { zh: '截止时点', en: 'Complete as of' },
  asOfMeans: { zh: '此后发生的不在本案卷中。', en: 'What came later is not in it.' },
  treeSize: { zh: '日志条数', en: 'Tree size' },
  dossierId: { zh: '案卷编号', en: 'Dossier' },
  caseId: { zh: '案件编号', en: 'Case' },
  origin: { zh: '日志', en: 'Log' },
  cosigned: { zh: '见证方联署', en: 'Cosigned by' },
  cosignedInside: {
    zh: '见证方联署（按案卷内所附的密钥，未证实）',
    en: 'Cosigned by (keys from the dossier itself, not confirmed)',
  },
  stamped: { zh: '时间戳', en: 'Time-stamps' },
  counts: { zh: '数量', en: 'Counts' },
  events: { zh: '条事件', en: 'events' },
  opened: { zh: '项个人信息已公开', en: 'personal fields opened' },
  withheld: { zh: '项未公开', en: 'withheld' },
  source: { zh: '所核文件', en: 'What was checked' },
  checkedAt: { zh: '核验时间（本机时钟）', en: 'Checked at (clock of this machine)' },
  took: { zh: '用时', en: 'Took' },
  item: { zh: '项目', en: 'Item' },
  about: { zh: '对象', en: 'About' },
  verdict: { zh: '结果', en: 'Result' },
  reason: { zh: '原因', en: 'Reason' },
  offset: { zh: '位置', en: 'Offset' },
  print: { zh: '打印结果', en: 'Print' },
  none: { zh: '无', en: 'none' },
  notBag: {
    zh: '这里没有 bagit.txt：请选择案卷的文件夹本身，或其 zip 文件。',
    en: 'There is no bagit.txt: choose the folder of the dossier itself, or its zip file.',
  },
  unreadable: { zh: '无法读取：', en: 'Cannot be read: ' },
  zipBad: { zh: 'zip 文件不能按唯一的方式读取', en: 'The zip file cannot be read in one way only' },
  selfTestFailed: {
    zh: '本机浏览器算出的摘要或签名有误，不能用于核验：',
    en: 'This browser computes digests or signatures wrongly and cannot be used: ',
  },
  trustPage: {
    zh: '本页若取自案卷之内，请与公布的核验页逐字节比对，或改用公布的核验页：改动案卷的人也能改动这一页。',
    en: 'If this page came with the dossier, compare it with the published one or use that: who alters a dossier can alter this page.',
  },
} as const satisfies Record<string, Text>;

export type Word = keyof typeof WORDS;
