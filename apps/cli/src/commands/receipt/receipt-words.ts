import type { EventPlace, EventStanding, ReceiptFact, SignatureStanding } from '#dossier';

const FACTS: Record<ReceiptFact, string> = { size: '大小 size', 'block-root': '分块根 block root', sha256: 'SHA-256' };
const EVENTS: Record<EventPlace['event'], string> = { received: '接收 received', sealed: '封存 sealed' };
const SIGNATURES: Record<SignatureStanding, string> = {
  good: '有效 good',
  wrong: '无效 wrong: 签名不对，或回执被改过 not the key’s signature, or the receipt was altered',
  'other-key':
    '不是这把公钥签的 not by this key: 是别的档案系统的回执，或公钥拿错了 the receipt or the key is another archive’s',
  'not-checked': '未核验 not checked',
};

export function fileLine(differences: readonly ReceiptFact[]): string {
  if (differences.length === 0) return '文件 file: 与回执一致 the one the receipt is for';
  return `文件 file: 不一致 differs: ${differences.map((fact) => FACTS[fact]).join('、')}`;
}

export function signatureLine(standing: SignatureStanding): string {
  return `签名 signature: ${SIGNATURES[standing]}`;
}

export function placeLine({ event, standing }: EventPlace): string {
  return `日志 log: ${EVENTS[event]}: ${standingWords(standing)}`;
}

/** People count entries from one, proofs from nought: both are said. */
function standingWords(standing: EventStanding): string {
  switch (standing.kind) {
    case 'in-log':
      return `在日志第 ${standing.index + 1} 条 entry ${standing.index + 1} (index ${standing.index}, size ${standing.size})`;
    case 'missing':
      return `承诺而未见 promised and missing（应不晚于 due ${standing.dueAt.toISOString()}）`;
    case 'pending':
      return standing.isLate
        ? '已过承诺的时间，仍未签署 not signed for, though promised by now'
        : '尚未写入已签署的日志，请稍后再查 not in the signed log yet; ask again later';
    case 'unproved':
      return `日志给出的证明不成立 the proof given proves nothing [${standing.code}]`;
    case 'not-asked':
      return '未核验 not checked';
  }
}
