/**
 * The one error type of the archive. A code is a promise to callers: the API maps it to an HTTP status,
 * the runner to "try again or not", the command line to an exit code, each in an exhaustive table.
 * Vendor errors are translated into one of these at the edge where they appear.
 */
export type ErrorCode =
  // asked for wrongly
  | 'invalid-input'
  | 'not-found'
  | 'conflict'
  | 'case-number-taken'
  | 'login-taken'
  | 'precondition-failed'
  | 'case-closed'
  | 'case-not-closable'
  | 'gate-closed'
  | 'recorder-known'
  | 'recorder-issued'
  | 'recorder-unusable'
  | 'list-known'
  | 'gap-gone'
  | 'review-incomplete'
  | 'reviewer-unfit'
  // who is asking
  | 'not-signed-in'
  | 'wrong-credentials'
  | 'too-many-attempts'
  | 'forbidden'
  | 'cross-site'
  | 'password-must-change'
  // receiving
  | 'upload-offset-mismatch'
  | 'upload-checksum-mismatch'
  | 'upload-checksum-unsupported'
  | 'upload-too-large'
  | 'upload-expired'
  | 'upload-finished'
  | 'upload-busy'
  | 'upload-length-conflict'
  | 'upload-taken-over'
  | 'upload-interrupted'
  | 'tus-version-unsupported'
  | 'wrong-content-type'
  // stores
  | 'storage-full'
  | 'storage-unavailable'
  | 'storage-foreign'
  | 'object-missing'
  | 'object-altered'
  | 'object-exists'
  | 'lock-not-held'
  // media
  | 'media-undecodable'
  | 'media-refused'
  | 'media-limit'
  | 'tool-failed'
  | 'sandbox-unavailable'
  // the ledger
  | 'ledger-frozen'
  | 'ledger-pending'
  | 'signer-unavailable'
  | 'timestamp-unavailable'
  | 'timestamp-refused'
  // the rest
  | 'database-unavailable'
  | 'queue-unavailable'
  | 'timeout'
  | 'internal';

/** Words for people: what happened and what to do next, Chinese first. */
export interface ErrorText {
  readonly zh: string;
  readonly en: string;
}

export const ERROR_TEXT: Record<ErrorCode, ErrorText> = {
  'invalid-input': {
    zh: '提交的内容不符合要求，请按提示改正后重试。',
    en: 'The request is not valid; correct the fields named and try again.',
  },
  'not-found': { zh: '没有找到，或者您无权查看。', en: 'Not found, or not yours to see.' },
  conflict: { zh: '内容已被他人更改，请刷新后重试。', en: 'This was changed meanwhile; reload and try again.' },
  'case-number-taken': {
    zh: '本单位已有同一案号的案件，请核对案号。',
    en: 'Your unit has a case of this number already; check the number.',
  },
  'login-taken': { zh: '该用户名已被使用，请换一个。', en: 'This user name is taken; choose another.' },
  'precondition-failed': { zh: '当前状态不允许此操作。', en: 'The current state does not allow this.' },
  'case-closed': {
    zh: '案件已结案，不能再更改、归入或移出材料；仍可查看、回放和导出。',
    en: 'The case is closed: it takes no changes, and no material goes into it or out of it. It can still be viewed, replayed and exported.',
  },
  'case-not-closable': {
    zh: '暂不能结案：还有未传完、未封存或已隔离的材料，请逐项处理后再试。',
    en: 'The case cannot be closed yet: some of its material is still arriving, not sealed, or quarantined. Settle each item first.',
  },
  'gate-closed': {
    zh: '按执法程序，此时不能作出决定或者结案：请先补齐所列事项。',
    en: 'By the procedure this decision, or the closing, is not possible now; settle what is named first.',
  },
  'recorder-known': {
    zh: '该编号的设备已登记，请核对编号。',
    en: 'A device of this number is in the register already; check the number.',
  },
  'recorder-issued': {
    zh: '该记录仪在那个时间尚未交还，请先办理交还，或改正领用时间。',
    en: 'Somebody has, or had, this recorder then. Have it returned first, or correct the time.',
  },
  'recorder-unusable': {
    zh: '该设备不是在用的记录仪（采集站、故障或已停用），不能领用或检查。',
    en: 'This is no recorder in use: a dock, faulty, or retired.',
  },
  'list-known': {
    zh: '同一份清单已经导入过，无需重复导入。',
    en: 'This very list was imported before; there is nothing to do.',
  },
  'gap-gone': {
    zh: '该处录制中断已不存在或已变化，请刷新后再填写说明。',
    en: 'There is no such break any more, or it has changed; reload, then explain what is there.',
  },
  'review-incomplete': {
    zh: '送审材料不齐全，请先补齐所列事项再送审。',
    en: 'The materials for review are not complete; settle what is named first.',
  },
  'reviewer-unfit': {
    zh: '您不能办理本次审核，原因见所列各项。',
    en: 'You may not act in this review, for the reasons named.',
  },
  'not-signed-in': {
    zh: '尚未登录或登录已过期，请重新登录。',
    en: 'Not signed in, or the session has ended; sign in again.',
  },
  'wrong-credentials': { zh: '用户名或密码不正确。', en: 'The user name or password is not right.' },
  'too-many-attempts': { zh: '登录尝试过多，请稍后再试。', en: 'Too many attempts to sign in; wait and try again.' },
  forbidden: { zh: '您没有执行此操作的权限。', en: 'You do not have the right to do this.' },
  'cross-site': { zh: '来自其他网站的请求已被拒绝。', en: 'A request from another site was refused.' },
  'password-must-change': { zh: '请先修改一次性密码。', en: 'Change the one-time password first.' },
  'upload-offset-mismatch': {
    zh: '续传位置与服务器不一致，请先查询已接收的字节数（HEAD），再从该处继续。',
    en: 'The offset differs from what the server holds; ask for it with HEAD and go on from there.',
  },
  'upload-checksum-mismatch': {
    zh: '本段数据校验不符，未予接收，请重新发送本段。',
    en: 'The checksum of this piece does not match; it was not taken, send it again.',
  },
  'upload-checksum-unsupported': {
    zh: '不支持该校验算法，请用 sha1 或 sha256。',
    en: 'Checksum algorithm not supported; use sha1 or sha256.',
  },
  'upload-too-large': {
    zh: '文件或分段超过允许的大小，未予接收；文件请勿拆分，请管理员调高上限后再传。',
    en: 'The file or piece is larger than allowed and was not taken. Do not split a file: have the administrator raise the limit.',
  },
  'upload-expired': {
    zh: '上传已过期并被清理，请重新上传。',
    en: 'The upload has expired and was dropped; start it again.',
  },
  'upload-finished': {
    zh: '该文件已接收完毕，不能再写入或取消。',
    en: 'This file is already received; it cannot be written to or cancelled.',
  },
  'upload-busy': {
    zh: '同一上传正在进行，请稍候再续传。',
    en: 'This upload is being written by another request; try again shortly.',
  },
  'upload-length-conflict': { zh: '声明的文件长度前后不一致。', en: 'The declared length contradicts an earlier one.' },
  'upload-taken-over': {
    zh: '该上传已由另一连接继续，本连接中止。',
    en: 'Another connection has taken this upload over; this one ends.',
  },
  'upload-interrupted': {
    zh: '传输中断，已收到的部分已保存，可续传。',
    en: 'The transfer was cut; what arrived is kept and can be resumed.',
  },
  'tus-version-unsupported': {
    zh: '续传协议版本不受支持，请使用 tus 1.0.0。',
    en: 'Unsupported protocol version; use tus 1.0.0.',
  },
  'wrong-content-type': { zh: '内容类型不正确。', en: 'The content type is not the one required.' },
  'storage-full': {
    zh: '存储空间不足，已收到的部分已保留；请通知管理员清理或扩容后续传。',
    en: 'Storage is full; what arrived is kept. Tell the administrator, then resume.',
  },
  'storage-unavailable': { zh: '存储暂不可用，请稍后重试。', en: 'Storage cannot be reached; try again later.' },
  'storage-foreign': {
    zh: '存储文件夹不是本数据库所登记的那一个：请检查磁盘是否已挂载、路径是否正确；确为搬迁的，请连同其中的 store-id 文件一起搬迁。',
    en: 'The storage folder is not the one this database knows: is the disk mounted and the path right? When the folder was moved, move the file store-id with it.',
  },
  'object-missing': {
    zh: '存储中找不到该原件，已告警。',
    en: 'The original is missing from storage; an alarm was raised.',
  },
  'object-altered': {
    zh: '原件与登记的摘要不一致，已隔离。',
    en: 'The original differs from its recorded digest and was quarantined.',
  },
  'object-exists': { zh: '对象已存在，不得覆盖。', en: 'The object exists and must not be overwritten.' },
  'lock-not-held': {
    zh: '未能锁定原件，不视为封存成功。',
    en: 'The original could not be locked; it does not count as sealed.',
  },
  'media-undecodable': {
    zh: '文件无法解码播放，仍作为证据保存。',
    en: 'The file cannot be decoded; it is kept as evidence all the same.',
  },
  'media-refused': {
    zh: '文件类型不在可处理之列，仍作为证据保存。',
    en: 'This kind of file is not processed; it is kept as evidence all the same.',
  },
  'media-limit': {
    zh: '文件超出处理上限，仍作为证据保存。',
    en: 'The file exceeds a processing limit; it is kept as evidence all the same.',
  },
  'tool-failed': { zh: '媒体处理失败。', en: 'A media tool failed.' },
  'sandbox-unavailable': {
    zh: '隔离环境不可用，媒体处理已停用；请管理员安装 bubblewrap 或按说明启用降级隔离。',
    en: 'No sandbox: media work is refused. Install bubblewrap, or ask for the reduced sandbox by setting.',
  },
  'ledger-frozen': {
    zh: '存证日志已冻结，暂停一切记录：数据库与签名器所记不一致（可能恢复了旧备份）。已有材料未受影响，请立即联系管理员。',
    en: 'The ledger is frozen and nothing can be recorded: the database does not match what the signer remembers (perhaps an old backup was restored). What is stored is untouched; tell the administrator at once.',
  },
  'ledger-pending': {
    zh: '该事件刚写入，尚未进入存证日志的已签名检查点，请稍后几秒重试。',
    en: 'This event is not under a signed checkpoint of the ledger yet; try again in a few seconds.',
  },
  'signer-unavailable': {
    zh: '签名器暂不可用，请稍后重试；记录仍在保存。',
    en: 'The signer cannot be reached; try again later. Recording goes on.',
  },
  'timestamp-unavailable': {
    zh: '时间戳服务暂不可用，稍后自动重试；记录仍在保存。',
    en: 'The time-stamp authority cannot be reached; it is asked again. Recording goes on.',
  },
  'timestamp-refused': {
    zh: '时间戳服务的答复未通过核验，未予采用。',
    en: 'The answer of the time-stamp authority does not verify; it was not taken.',
  },
  'database-unavailable': {
    zh: '数据库暂不可用，请稍后重试。',
    en: 'The database cannot be reached; try again later.',
  },
  'queue-unavailable': {
    zh: '任务队列暂不可用，工作稍后自动补上。',
    en: 'The job queue cannot be reached; the work will be caught up.',
  },
  timeout: { zh: '操作超时，请重试。', en: 'The operation took too long; try again.' },
  internal: {
    zh: '系统内部错误，请将请求编号告知管理员。',
    en: 'Internal error; tell the administrator the request id.',
  },
};

export interface ArchiveErrorOptions {
  readonly cause?: unknown;
  /** Facts safe to show to the caller: numbers, field names, limits; never evidence, names or secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class ArchiveError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  /** `message` is for operators (logs); people get ERROR_TEXT[code]. */
  constructor(code: ErrorCode, message: string, options: ArchiveErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ArchiveError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

export function isArchiveError(error: unknown, code?: ErrorCode): error is ArchiveError {
  return error instanceof ArchiveError && (code === undefined || error.code === code);
}
