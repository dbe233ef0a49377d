import fc from 'fast-check';
import { formatCheckpoint } from '#tlog';
import {
  assertReceipt,
  formatCheckpointRequest,
  formatSignerState,
  parseCheckpointRequest,
  parseSignerState,
  RECEIPT_MAGIC,
} from './signer-protocol.js';
import { isSigningError } from './signing-error.js';

const root = Buffer.alloc(32, 1);
const text = formatCheckpoint({ origin: 'log.example', size: 9, root, extensions: [] });
const request = { oldSize: 4, proof: [Buffer.alloc(32, 2), Buffer.alloc(32, 3)], text };

describe('a request for a checkpoint', () => {
  it('is read back as it was written', () => {
    const read = parseCheckpointRequest(formatCheckpointRequest(request));
    expect({ ...read, proof: read.proof.map((hash) => Buffer.from(hash)) }).toMatchObject(request);
    expect(read.checkpoint).toMatchObject({ origin: 'log.example', size: 9 });
    expect(parseCheckpointRequest(formatCheckpointRequest({ oldSize: 0, proof: [], text })).proof).toEqual([]);
  });

  it('is refused in any other shape', () => {
    const whole = formatCheckpointRequest(request);
    const extended = formatCheckpoint({ origin: 'log.example', size: 9, root, extensions: ['more'] });
    const hash = root.toString('base64');
    for (const wrong of [
      '',
      text,
      whole.replace('old 4', 'old 04'),
      whole.replace('old 4', 'old -4'),
      whole.replace('old 4', 'force 4'),
      whole.replace('old 4', `old ${2 ** 53}`),
      whole.replace('\n\n', '\n'),
      `${whole}\n`,
      whole.slice(0, -1),
      formatCheckpointRequest({ ...request, text: extended }),
      formatCheckpointRequest({ ...request, text: `${text}\n— log.example AAAA\n` }),
      `old 4\n${`${hash}\n`.repeat(64)}\n${text}`,
    ]) {
      expect(() => parseCheckpointRequest(wrong)).toThrow(expect.objectContaining({ code: 'malformed-request' }));
    }
  });

  it('ends in a typed error whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (noise) => {
        try {
          parseCheckpointRequest(`old 1\n${noise}\n\n${noise}`);
        } catch (error) {
          expect(isSigningError(error, 'malformed-request')).toBe(true);
        }
      }),
    );
  });
});

describe('the state of a signer', () => {
  it('is read back as it was written, and refused when a part is missing', () => {
    const state = { origin: 'log.example', vkey: 'v', receiptVkey: 'r', size: 9, root, signedAt: null };
    const read = parseSignerState(formatSignerState(state));
    expect({ ...read, root: Buffer.from(read.root) }).toEqual(state);
    for (const name of Object.keys(state)) {
      const parts = { ...JSON.parse(formatSignerState(state)), [name]: undefined };
      expect(() => parseSignerState(JSON.stringify(parts))).toThrow(
        expect.objectContaining({ code: 'malformed-request' }),
      );
    }
  });
});

describe('a receipt', () => {
  it('names its kind and its log, and ends in one newline', () => {
    const whole = `${RECEIPT_MAGIC}\nlog.example\nasset 1\n`;
    expect(() => assertReceipt(whole, 'log.example')).not.toThrow();
    for (const wrong of [
      text,
      whole.replace('log.example', 'log.example2'),
      `${RECEIPT_MAGIC}\nlog.example\n`,
      whole.slice(0, -1),
      `${whole}\n`,
      `${whole}\t\n`,
      `${whole}${'字'.repeat(1_400)}\n`,
    ]) {
      expect(() => assertReceipt(wrong, 'log.example')).toThrow(expect.objectContaining({ code: 'malformed-request' }));
    }
  });
});
