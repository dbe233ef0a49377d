import { decodeUtf8, equalBytes, parseDecimal, type TextInput, within } from './encoding.js';
import { TlogError } from './errors.js';
import { formatVerifierKey, parseVerifierKey, SIGNATURE_TYPE, type VerifierKey } from './keys.js';
import type { Hash } from './merkle.js';

const MAX_POLICY_BYTES = 1_048_576;
const NONE = 'none';

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url: string | null;
}

export interface PolicyWitness extends PolicyLog {
  /** Its name in the policy file; the name of its key may be another. */
  readonly name: string;
}

export interface PolicyGroup {
  readonly name: string;
  /** How many of the members must have witnessed. */
  readonly threshold: number;
  /** Names of witnesses and of groups further up. */
  readonly members: readonly string[];
}

/** Whom to believe: C2SP tlog-policy (as of C2SP 5ba5ee8; it has no version yet). */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  /** Each after the groups it names. */
  readonly groups: readonly PolicyGroup[];
  /** A witness or a group; null when no cosignature is asked for. */
  readonly quorum: string | null;
}

/**
 * Reads a policy file.
 * @param sha256 for key ids
 * @throws TlogError `malformed-policy`, with the line; `unsupported-key` is not passed over: a quorum that counts
 * fewer witnesses than its author meant would be another policy
 */
export function parsePolicy(sha256: Hash, input: TextInput): Policy {
  const reader = new PolicyReader(sha256);
  for (const [i, line] of policyText(input).split('\n').entries()) {
    within('malformed-policy', `line ${i + 1} of the policy`, () => reader.read(line));
  }
  return reader.end();
}

/** Octets above 0x7f are opaque: where they are not UTF-8 each stands for itself, and none is lost. */
function policyText(input: TextInput): string {
  if (input.length > MAX_POLICY_BYTES) throw new TlogError('too-large', `a policy of ${input.length} bytes`);
  if (typeof input === 'string') return input;
  return decodeUtf8(input) ?? Array.from(input, (octet) => String.fromCharCode(octet)).join('');
}

/** Tab, and what is not an ASCII control; newlines are gone already. */
const ALLOWED = /^[\t\u0020-\u007e\u0080-\u{10ffff}]*$/u;
const THRESHOLD_WORDS = new Map<string, (members: number) => number>([
  ['all', (members) => members],
  ['any', () => 1],
]);
const BLANK = /[ \t]+/;

class PolicyReader {
  readonly #sha256: Hash;
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups: PolicyGroup[] = [];
  readonly #defined = new Set<string>();
  readonly #members = new Set<string>();
  #quorum: string | undefined;

  constructor(sha256: Hash) {
    this.#sha256 = sha256;
  }

  read(line: string): void {
    if (!ALLOWED.test(line)) throw malformed('a control character');
    const [keyword = '', ...items] = line.split(BLANK).filter((item) => item !== '');
    if (keyword === '' || keyword.startsWith('#')) return;
    if (keyword === 'log') this.#readLog(items);
    else if (keyword === 'witness') this.#readWitness(items);
    else if (keyword === 'group') this.#readGroup(items);
    else if (keyword === 'quorum') this.#readQuorum(items);
    else throw malformed(`no line begins with "${keyword}"`);
  }

  end(): Policy {
    if (this.#quorum === undefined) throw malformed('there is no quorum line');
    const quorum = this.#quorum === NONE ? null : this.#quorum;
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum };
  }

  /** `log <vkey> [<url>]` */
  #readLog([vkey = '', url, ...more]: readonly string[]): void {
    if (more.length > 0) throw malformed('too much after the log');
    const key = parseVerifierKey(this.#sha256, vkey);
    this.#logs.push(unlikeOthers(this.#logs, { key, url: url ?? null }));
  }

  /** `witness <name> <vkey> [<url>]` */
  #readWitness([name = '', vkey = '', url, ...more]: readonly string[]): void {
    if (more.length > 0) throw malformed('too much after the witness');
    const key = parseVerifierKey(this.#sha256, vkey);
    if (key.type !== SIGNATURE_TYPE.cosignature) throw malformed('the key of a witness is one for cosignatures');
    this.#witnesses.push(unlikeOthers(this.#witnesses, { name: this.#define(name), key, url: url ?? null }));
  }

  /** `group <name> all|any|<k> <name>...` */
  #readGroup([name = '', count = '', ...members]: readonly string[]): void {
    const threshold = THRESHOLD_WORDS.get(count)?.(members.length) ?? parseDecimal(count) ?? 0;
    if (threshold < 1 || threshold > members.length) throw malformed(`no group needs ${count} of ${members.length}`);
    for (const member of members) {
      this.#assertDefined(member);
      if (this.#members.has(member)) throw malformed(`${member} is a member already`);
      this.#members.add(member);
    }
    this.#groups.push({ name: this.#define(name), threshold, members });
  }

  /** `quorum <name>` */
  #readQuorum([name = '', ...more]: readonly string[]): void {
    if (this.#quorum !== undefined) throw malformed('there is a second quorum line');
    if (more.length > 0) throw malformed('too much after the quorum');
    if (name !== NONE) this.#assertDefined(name);
    this.#quorum = name;
  }

  #define(name: string): string {
    if (name === NONE || this.#defined.has(name)) throw malformed(`"${name}" cannot be defined, or not again`);
    this.#defined.add(name);
    return name;
  }

  #assertDefined(name: string): void {
    if (!this.#defined.has(name)) throw malformed(`"${name}" is not defined further up`);
  }
}

/** Two keys are duplicates when the public key is the same, whatever their names. */
function unlikeOthers<T extends PolicyLog>(others: readonly T[], one: T): T {
  if (others.every(({ key }) => !equalBytes(key.publicKey, one.key.publicKey))) return one;
  throw malformed('the same public key again');
}

function malformed(why: string): TlogError {
  return new TlogError('malformed-policy', why);
}

/** Whether these witnesses (their names in the policy) are enough. */
export function isQuorum({ groups, quorum }: Policy, witnessed: ReadonlySet<string>): boolean {
  if (quorum === null) return true;
  const met = new Set(witnessed);
  // In order of definition every group is decided after its members, however deep they lie.
  for (const { name, threshold, members } of groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(quorum);
}

/** How many witnesses it takes at least, and out of how many that count; of a plain group this is its `k` of `n`. */
export function quorumSize({ witnesses, groups, quorum }: Policy): { readonly needed: number; readonly of: number } {
  const sizes = new Map(witnesses.map(({ name }) => [name, { needed: 1, of: 1 }]));
  for (const { name, threshold, members } of groups) {
    const found = [...sizes].flatMap(([member, size]) => (members.includes(member) ? [size] : []));
    const cheapest = found.map(({ needed }) => needed).sort((a, b) => a - b);
    sizes.set(name, { needed: sum(cheapest.slice(0, threshold)), of: sum(found.map((member) => member.of)) });
  }
  return sizes.get(quorum ?? NONE) ?? { needed: 0, of: 0 };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** The policy as a file: read again, it is the same policy. */
export function formatPolicy({ logs, witnesses, groups, quorum }: Policy): string {
  const line = (...items: readonly (string | number | null)[]): string =>
    `${items.filter((item) => item !== null).join(' ')}\n`;
  return [
    ...logs.map(({ key, url }) => line('log', formatVerifierKey(key), url)),
    ...witnesses.map(({ name, key, url }) => line('witness', name, formatVerifierKey(key), url)),
    ...groups.map(({ name, threshold, members }) => line('group', name, threshold, ...members)),
    line('quorum', quorum ?? NONE),
  ].join('');
}
