import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveError } from '#domain';
import { type RuleFile, type RuleKind, ruleFileRepository, type Tx, type VersionedRule } from '#persistence';
import type { ArchiveParts } from '../archive.js';
import { appendEvents, bySystem, type EventSource } from '../ledger/append-events.js';

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/** How one kind of rules lies in its folder. */
export interface RuleFolder<Body extends Versioned> {
  readonly kind: VersionedRule;
  readonly parse: (value: unknown) => Body;
  /** The path in the folder a file with this body must have. */
  readonly pathOf: (body: Body) => string;
}

/**
 * Takes a folder of rule files into the database, all or none. A version that was taken in is never changed: what was
 * decided by it names it. What is new is an event, so that no rule comes into force unseen.
 * @param folder of files that end in `.json`, below it at any depth
 * @returns how many files there are
 * @throws ArchiveError `invalid-input` (a mistake in a file, or its name says something else), `conflict` (changed without
 *   a new version)
 */
export async function keepRuleFolder<Body extends Versioned>(
  { database, clock }: Pick<ArchiveParts, 'database' | 'clock'>,
  { kind, parse, pathOf }: RuleFolder<Body>,
  folder: string,
): Promise<number> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
  const files: { readonly name: string; readonly file: RuleFile<Body> }[] = [];
  for (const name of names) files.push({ name, file: await readRuleFile(join(folder, name), parse) });
  for (const { name, file } of files) {
    if (name.replaceAll('\\', '/') !== pathOf(file.body))
      throw new ArchiveError('invalid-input', `${kind} file ${name} says it is ${file.body.id}/${file.body.version}`);
  }
  const at = clock.now();
  await database.transaction(async (tx) => {
    const added: RuleFile<Body>[] = [];
    for (const { name, file } of files) {
      const kept = await ruleFileRepository.keep(tx, kind, file, { at, by: null });
      if (kept === 'differs')
        throw new ArchiveError(
          'conflict',
          `${kind} file ${name} was changed after it was taken in; make a new version`,
        );
      if (kept === 'new') added.push(file);
    }
    await sayKept(tx, bySystem(at), kind, added.map(named));
  });
  return files.length;
}

/** @throws ArchiveError `invalid-input` with all its mistakes */
export async function readRuleFile<Body>(path: string, parse: (value: unknown) => Body): Promise<RuleFile<Body>> {
  const text = await readFile(path, 'utf8');
  return ruleFileOf(text, parse(JSON.parse(text)));
}

export function ruleFileOf<Body>(text: string, body: Body): RuleFile<Body> {
  return { text, body, sha256: `sha256:${createHash('sha256').update(text).digest('hex')}` };
}

export interface NamedRule {
  readonly id: string;
  /** Null where none are counted. */
  readonly version: number | null;
  readonly sha256: string;
}

export function named({ body, sha256 }: RuleFile<Versioned>): NamedRule {
  return { id: body.id, version: body.version, sha256 };
}

/** Nothing where nothing is new. */
export async function sayKept(tx: Tx, source: EventSource, kind: RuleKind, rules: readonly NamedRule[]): Promise<void> {
  if (rules.length === 0) return;
  await appendEvents(tx, source, [
    {
      type: 'system.rules_kept',
      chain: 'system',
      public: { kind, rules: rules.map(({ id, version, sha256 }) => ({ id, version, sha256 })) },
    },
  ]);
}
