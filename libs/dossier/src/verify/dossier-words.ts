import type { Verdict } from '../bag/bag-report.js';
import type { DossierReason, ItemKind } from './dossier-report.js';

export interface DossierText {
  readonly zh: string;
  readonly en: string;
}

export const VERDICT_TEXT: Record<Verdict, DossierText> = {
  PASS: { zh: '通过', en: 'PASS' },
  FAIL: { zh: '不符', en: 'FAIL' },
  'NOT CHECKED': { zh: '未核', en: 'NOT CHECKED' },
};

export const ITEM_TEXT: Record<ItemKind, DossierText> = {
  bag: { zh: '文件与清单', en: 'Files and manifests' },
  trust: { zh: '信任的密钥', en: 'Keys trusted' },
  checkpoint: { zh: '检查点签名', en: 'Signatures of the checkpoint' },
  inclusion: { zh: '事件在日志中', en: 'Events are in the log' },
  chain: { zh: '事件链连续', en: 'Chain without gaps' },
  completeness: { zh: '案卷完整，无遗漏', en: 'Nothing left out' },
  packed: {
    zh: '装入的文件（目录、清单与衍生件据记录制作，非原始证据）',
    en: 'Files as put in (lists and renditions are made from the record, not evidence)',
  },
  original: { zh: '原件', en: 'Original' },
  rendition: { zh: '衍生件（由原件制作，非原始证据）', en: 'Rendition (made from the original, not evidence)' },
  disclosures: { zh: '公开的个人信息', en: 'Personal fields opened' },
  timestamp: { zh: '时间戳', en: 'Time-stamp' },
  'as-of': { zh: '截止时点', en: 'Complete as of' },
};

/** Words for people, whatever the reason. The detail beside them is for experts. */
export const DOSSIER_TEXT: Record<DossierReason, DossierText> = {
  // the bag
  'declaration-missing': { zh: '缺少 bagit.txt。', en: 'There is no bagit.txt.' },
  'declaration-malformed': { zh: 'bagit.txt 内容不合规范。', en: 'bagit.txt is not as it must be.' },
  'version-unsupported': { zh: '不是 BagIt 1.0。', en: 'Not BagIt 1.0.' },
  'encoding-unsupported': { zh: '清单编码不是 UTF-8。', en: 'The lists are not in UTF-8.' },
  'manifest-missing': { zh: '缺少文件清单。', en: 'There is no manifest.' },
  'bag-info-malformed': { zh: 'bag-info.txt 内容不合规范。', en: 'bag-info.txt is not as it must be.' },
  'oxum-mismatch': {
    zh: '文件总数或总字节数与登记的不符。',
    en: 'Number or size of the files is not the one recorded.',
  },
  'fetch-refused': { zh: '案卷要求从网上取文件，已拒绝。', en: 'The dossier asks to fetch files; refused.' },
  'too-many-files': { zh: '文件过多，未全部核对。', en: 'Too many files; not all were checked.' },
  'manifest-malformed': { zh: '清单中有一行无法识别。', en: 'A line of a manifest cannot be read.' },
  'text-malformed': { zh: '清单不是文本。', en: 'A list is not text.' },
  'tag-manifest-incomplete': { zh: '标签清单不完整。', en: 'The tag manifest is not complete.' },
  'algorithm-unknown': { zh: '本程序不能计算该摘要算法。', en: 'This digest cannot be computed here.' },
  'file-missing': { zh: '清单所列的文件不在案卷中。', en: 'A listed file is missing.' },
  'file-extra': { zh: '文件不在清单中。', en: 'A file is on no list.' },
  'not-listed': { zh: '没有摘要为该文件作证。', en: 'No digest vouches for this file.' },
  'digest-mismatch': { zh: '文件内容与清单摘要不符。', en: 'A file does not match its digest.' },
  'size-mismatch': { zh: '文件大小不符。', en: 'The size of a file differs.' },
  'content-altered': { zh: '压缩包内的内容已损坏。', en: 'The content in the zip file is damaged.' },
  unreadable: { zh: '文件无法读取。', en: 'A file cannot be read.' },
  'not-a-file': { zh: '不是普通文件（链接或设备）。', en: 'A link or device, not a plain file.' },
  'path-unsafe': { zh: '文件路径不安全。', en: 'A path is not safe.' },
  'path-duplicate': { zh: '同一路径出现两次。', en: 'A path is there twice.' },
  'path-collision': { zh: '两个路径在某些系统上相同。', en: 'Two paths are the same on some systems.' },
  // the package
  'file-unknown': { zh: '案卷中有格式之外的文件。', en: 'A file that a dossier does not have.' },
  'part-missing': { zh: '缺少应有的文件。', en: 'A file that must be there is missing.' },
  'part-unreadable': { zh: '文件无法读取，未核对。', en: 'A file cannot be read, so this was not checked.' },
  'part-too-large': { zh: '文件过大，未核对。', en: 'A file is too large, so this was not checked.' },
  'tag-manifest-respelled': { zh: '标签清单的写法被改动过。', en: 'The tag manifest is not spelled as it must be.' },
  'index-malformed': { zh: 'dossier.json 无法识别。', en: 'dossier.json cannot be read.' },
  // whom to believe
  'self-consistent-only': {
    zh: '未提供包外的密钥：只能说明案卷自身前后一致。',
    en: 'No key came from outside: the dossier is self-consistent, and no more is shown.',
  },
  'policy-malformed': { zh: '案卷内的信任策略无法识别。', en: 'The policy in the dossier cannot be read.' },
  'key-unknown': {
    zh: '案卷所带的公钥中没有与所填指纹相符的，或者相符的都不是日志的公钥：案卷出自别的日志，或者指纹填错、填漏。',
    en: 'A fingerprint is of no key the dossier carries, or none is of a log: another log, or a slip in typing.',
  },
  'no-policy': { zh: '没有可用的密钥，签名未核对。', en: 'There is no key; signatures were not checked.' },
  // the checkpoint
  'checkpoint-malformed': { zh: '检查点无法识别。', en: 'The checkpoint cannot be read.' },
  'checkpoint-not-signed': { zh: '检查点没有日志的有效签名。', en: 'The checkpoint has no good signature of the log.' },
  'checkpoint-of-another-log': { zh: '检查点属于另一日志。', en: 'The checkpoint is of another log.' },
  'quorum-not-met': { zh: '见证方的联署不足。', en: 'Too few witnesses have cosigned.' },
  'signature-not-checked': { zh: '本机不能验证签名。', en: 'Signatures cannot be verified here.' },
  // the log
  'line-malformed': { zh: '事件或证明的一行无法识别。', en: 'A line of the events or proofs cannot be read.' },
  'line-missing': { zh: '事件与证明的行数不同。', en: 'Events and proofs are not equally many.' },
  'no-events': { zh: '案卷中没有事件。', en: 'There are no events.' },
  'too-many-events': { zh: '事件过多，未全部核对。', en: 'Too many events; not all were checked.' },
  'leaf-hash-wrong': { zh: '事件与其证明不是同一条。', en: 'A proof is not of the event beside it.' },
  'index-wrong': { zh: '事件在日志中的位置不对。', en: 'The place of an event in the log is wrong.' },
  'tree-differs': {
    zh: '证明所指的日志不是检查点所签的。',
    en: 'A proof is of another tree than the checkpoint signs.',
  },
  'proof-wrong': { zh: '事件不在已签名的日志中。', en: 'An event is not in the signed log.' },
  'no-checkpoint': { zh: '没有可用的检查点，未核对。', en: 'There is no checkpoint, so this was not checked.' },
  // chains
  'event-malformed': { zh: '事件内容不合规范。', en: 'An event is not as it must be.' },
  'event-not-canonical': { zh: '事件不是规范字节。', en: 'The bytes of an event are not canonical.' },
  'event-id-repeated': { zh: '事件编号重复。', en: 'The id of an event comes twice.' },
  'chain-gap': { zh: '事件链有缺失或错序。', en: 'Events of the chain are missing or out of order.' },
  'chain-broken': { zh: '事件链前后不衔接。', en: 'An event does not follow the one before.' },
  'chain-foreign': { zh: '有不属于本案卷的事件。', en: 'An event does not belong in this dossier.' },
  // completeness
  'export-missing': {
    zh: '案件链末尾没有导出事件：可能被截短。',
    en: 'The case chain does not end with its export: it may have been cut.',
  },
  'export-of-another': { zh: '案件链末尾是另一次导出。', en: 'The case chain ends with another export.' },
  'heads-malformed': { zh: '导出事件所列的链无法识别。', en: 'The chains that the export names cannot be read.' },
  'kinds-malformed': {
    zh: '导出事件所列的衍生件种类无法识别。',
    en: 'The kinds of renditions that the export names cannot be read.',
  },
  'chain-missing': { zh: '缺少整条事件链。', en: 'A whole chain is missing.' },
  'chain-cut-short': {
    zh: '事件链与导出时的末尾不符：可能被截短。',
    en: 'A chain does not end where the export says: it may have been cut.',
  },
  'chain-unnamed': { zh: '有导出事件未列的材料链。', en: 'A chain that the export does not name.' },
  'asset-left-out': { zh: '案件中有材料未收入案卷。', en: 'Material of the case was left out.' },
  'asset-not-of-case': { zh: '案卷中有不属于本案的材料。', en: 'Material that is not of this case.' },
  'original-unnamed': { zh: '有未列明的原件。', en: 'An original that nothing names.' },
  // what was put in
  'packed-missing': { zh: '没有登记装入文件的事件。', en: 'No event says which files were put in.' },
  'packed-malformed': { zh: '登记装入文件的事件无法识别。', en: 'The event of the files put in cannot be read.' },
  'packed-differs': {
    zh: '文件清单不是装入时登记的：有文件被改动、增加或取走。',
    en: 'The list of files is not the one recorded: a file was altered, added or taken out.',
  },
  // renditions
  'rendition-missing': { zh: '选定的衍生件不在案卷中。', en: 'A rendition that was chosen is not there.' },
  'rendition-unnamed': {
    zh: '衍生件没有来历，或未被选定。',
    en: 'A rendition that nothing names, or that was not chosen.',
  },
  'rendition-altered': { zh: '衍生件不是制作时登记的。', en: 'The rendition is not the one that was made.' },
  // originals
  'original-missing': { zh: '原件不在案卷中。', en: 'The original is not there.' },
  'original-doubled': { zh: '同一材料有不止一个原件文件。', en: 'More than one file for one original.' },
  'original-not-read': { zh: '原件未能读完，未核对。', en: 'The original could not be read to its end.' },
  'original-size': { zh: '原件大小与接收时不符。', en: 'The size of the original is not the one received.' },
  'original-altered': { zh: '原件内容与接收时不符。', en: 'The original is not the one received.' },
  'original-sha256': { zh: '原件 SHA-256 与封存时不符。', en: 'SHA-256 is not the one sealed.' },
  'original-sm3': { zh: '原件 SM3 与封存时不符。', en: 'SM3 is not the one sealed.' },
  'blocks-wrong': { zh: '原件的块清单缺失或不符。', en: 'The list of blocks is missing or wrong.' },
  'digest-not-computed': { zh: '摘要未计算，未核对。', en: 'A digest was not computed, so this was not checked.' },
  'not-received': { zh: '没有接收该材料的事件。', en: 'No event says that this was received.' },
  'not-sealed': { zh: '该材料未经封存。', en: 'This was never sealed.' },
  'facts-contradict': { zh: '事件对该材料的说法相互矛盾。', en: 'Its events contradict each other.' },
  quarantined: { zh: '该材料核对不一致，已被隔离。', en: 'It was found to differ, and was quarantined.' },
  'index-differs': { zh: 'dossier.json 与事件不符。', en: 'dossier.json is not what the events say.' },
  // disclosures
  'disclosures-malformed': { zh: '公开字段文件无法识别。', en: 'The fields opened cannot be read.' },
  'disclosure-wrong': { zh: '公开的内容与事件所承诺的不符。', en: 'A field is not what the event commits to.' },
  'disclosure-of-nothing': { zh: '公开的内容没有对应的事件。', en: 'A field that no event commits to.' },
  // time
  'no-timestamp': { zh: '没有时间戳：时间仅凭日志自述。', en: 'No time-stamp: time rests on the word of the log.' },
  'no-timestamp-roots': {
    zh: '未提供时间戳机构的根证书，未核对。',
    en: 'No root of the authority was given, so this was not checked.',
  },
  'timestamp-incomplete': { zh: '时间戳或其对象缺失。', en: 'A time-stamp, or what it is over, is missing.' },
  'timestamp-refused': { zh: '时间戳无效。', en: 'The time-stamp is not good.' },
  'timestamp-not-checked': { zh: '本程序不能核对该时间戳。', en: 'This time-stamp cannot be checked here.' },
  'timestamp-note-wrong': {
    zh: '时间戳的对象不是本日志的检查点。',
    en: 'What was stamped is no checkpoint of this log.',
  },
  'timestamp-not-connected': {
    zh: '缺少一致性证明，时间戳与本案卷未能关联。',
    en: 'No proof connects the time-stamp with this dossier.',
  },
};
