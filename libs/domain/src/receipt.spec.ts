import { newId } from './ids.js';
import { formatReceipt, parseReceipt, type ReceiptText } from './receipt.js';

const LEAF = `sha256:${'a'.repeat(64)}`;
const RECEIVED: ReceiptText = {
  origin: 'liuhen.example/log',
  assetId: newId(),
  sizeBytes: 1_048_577,
  blockRoot: `sha256:${'b'.repeat(64)}`,
  receivedAt: '2026-11-21T08:00:00.000Z',
  received: { id: newId(), chainSeq: 2, leaf: LEAF },
  promisedS: 60,
  sealed: null,
};
const SEALED: ReceiptText = {
  ...RECEIVED,
  sealed: {
    at: '2026-11-21T08:01:00.000Z',
    sha256: `sha256:${'c'.repeat(64)}`,
    sm3: `sm3:${'d'.repeat(64)}`,
    event: { id: newId(), chainSeq: 3, leaf: LEAF },
  },
};

describe('the text of a receipt', () => {
  it.each([
    ['of receipt', RECEIVED],
    ['of the seal', SEALED],
  ])('%s reads back as it was', (_, receipt) => {
    expect(parseReceipt(formatReceipt(receipt))).toEqual(receipt);
  });

  it('is refused with any line changed, left out, doubled or added', () => {
    const text = formatReceipt(SEALED);
    const lines = text.split('\n');
    const broken = [
      text.slice(0, -1),
      `${text}\n`,
      text.replace('liuhen-receipt/v1', 'liuhen-receipt/v2'),
      text.replace('size 1048577', 'size 01048577'),
      text.replace('size 1048577', 'size 9007199254740993'),
      text.replace('sm3:', 'sha256:'),
      text.replace('.000Z', 'Z'),
      text.replace(LEAF, LEAF.toUpperCase()),
      ...lines.slice(0, -1).map((_, i) => lines.filter((_line, k) => k !== i).join('\n')),
      ...lines.slice(0, -1).map((line, i) => [...lines.slice(0, i), line, ...lines.slice(i)].join('\n')),
    ];
    for (const other of broken) {
      expect(() => parseReceipt(other)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    }
  });
});
