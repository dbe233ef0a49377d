import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { parseCatalogue, parseFormTemplate, parseNameRule, parseProcedure } from '#domain';
import { type RuleKind, ruleFileRepository, type StoredRule, type Tx } from '#persistence';
import type { Finding } from './check-chains.js';

const PARSE: Record<RuleKind, (value: unknown) => unknown> = {
  ...{ procedure: parseProcedure, form: parseFormTemplate, catalogue: parseCatalogue, 'recorder-name': parseNameRule },
  // Kept as the file says it.
  calendar: (value) => value,
};

/** Every rule is followed as its file says, and the file is the one its digest names: that digest is in the events. */
export async function checkRules(tx: Tx, findings: Finding[]): Promise<void> {
  for (const rule of await ruleFileRepository.list(tx)) {
    if (rule.sha256 !== `sha256:${createHash('sha256').update(rule.text).digest('hex')}`)
      findings.push({ where: 'system', what: `${nameOf(rule)}: its file is not what its digest says` });
    if (!isFollowed(rule))
      findings.push({ where: 'system', what: `${nameOf(rule)}: what is followed is not what its file says` });
  }
}

function isFollowed({ kind, text, body }: StoredRule): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(PARSE[kind](JSON.parse(text)))), body);
  } catch {
    return false;
  }
}

function nameOf({ kind, id, version }: StoredRule): string {
  return kind === 'calendar' ? `calendar ${version}` : `${kind} ${id}/${version}`;
}
