import { formatVerifierKey, SIGNATURE_TYPE } from '#tlog';
import { testKey } from '../../../test/support/log-crypto.js';
import { withArguments } from './arguments.js';
import { knownLogs } from './known-logs.js';

const a = formatVerifierKey(testKey('a.example', SIGNATURE_TYPE.ed25519, 1).key);
const b = formatVerifierKey(testKey('b.example', SIGNATURE_TYPE.ed25519, 2).key);
const cosigner = formatVerifierKey(testKey('w.example', SIGNATURE_TYPE.cosignature, 3).key);

describe('the logs a witness knows', () => {
  it('are those named, and those of the policy, with or without a quorum', () => {
    const names = (vkeys: string[], policy: string | null) => knownLogs(vkeys, policy).map(({ name }) => name);
    expect(names([a], null)).toEqual(['a.example']);
    expect(names([a], `# 本院见证的日志\nlog ${b} https://b.example\n`)).toEqual(['a.example', 'b.example']);
    expect(names([], `log ${b}\nwitness w ${cosigner}\nquorum w\n`)).toEqual(['b.example']);
  });

  it('are none that cannot be read, or cannot sign', () => {
    expect(() => knownLogs(['nonsense'], null)).toThrow(/LIUHEN_WITNESS_LOGS.*nonsense/s);
    expect(() => knownLogs([], 'log nonsense\n')).toThrow(/LIUHEN_WITNESS_POLICY.*line 1/s);
    expect(() => knownLogs([], '# none yet\n')).toThrow(/no line log/);
    expect(() => knownLogs([cosigner], null)).toThrow(/not the key of a log/);
  });
});

describe('the arguments of the witness', () => {
  it('count before the environment', () => {
    const args = ['--dir', 'w', '--log', a, '--log', b, '--listen', '127.0.0.1:1', '--behind-tls-proxy'];
    expect(withArguments({ LIUHEN_WITNESS_DIR: 'other', LIUHEN_WITNESS_NAME: 'kept' }, args)).toEqual({
      LIUHEN_WITNESS_DIR: 'w',
      LIUHEN_WITNESS_NAME: 'kept',
      LIUHEN_WITNESS_LISTEN: '127.0.0.1:1',
      LIUHEN_WITNESS_LOGS: `${a} ${b}`,
      LIUHEN_WITNESS_BEHIND_TLS_PROXY: 'true',
    });
    expect(withArguments({}, ['--help'])).toBeNull();
    expect(() => withArguments({}, ['--force'])).toThrow(/--force/);
  });
});
