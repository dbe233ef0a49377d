import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { type ReadValues, RULES } from './rules.js';
import { APPS, type App, FRAGMENTS, type FragmentName, SETTING_TEXTS } from './settings.js';
import { buildSlices, type SettingValues, type Slices } from './slices.js';

export type ConfigOf<A extends App> = Pick<Slices, (typeof APPS)[A][number]>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Not settings of the archive: they steer its tests and measurements. */
const NOT_OURS = /^LIUHEN_(TEST|BENCH)_/;

/**
 * Reads the settings of an app from the environment, once, at start. The result is frozen.
 * Throws ConfigError with everything that is wrong: values, combinations, names that do not exist.
 */
export function loadConfig<A extends App>(env: Environment, app: A): ConfigOf<A> {
  const fragments: readonly FragmentName[] = APPS[app];
  const problems: ConfigProblem[] = findUnknown(env);
  const values: Record<string, unknown> = {};
  for (const fragment of Object.keys(FRAGMENTS) as FragmentName[]) {
    // What the app has no use for is not read, so that it cannot be wrong.
    const source = fragments.includes(fragment) ? env : {};
    for (const [name, schema] of settingsOf(fragment)) {
      readSetting(name, schema, source, values, problems);
    }
  }
  // Tied to its type by reading every setting of every fragment; what failed is missing and was reported.
  const read = values as ReadValues;
  problems.push(...fragments.flatMap((fragment) => RULES[fragment]?.(read) ?? []));
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  const slices = buildSlices(read as SettingValues);
  return freeze(Object.fromEntries(fragments.map((fragment) => [fragment, slices[fragment]]))) as ConfigOf<A>;
}

export function settingsOf(fragment: FragmentName): [string, z.ZodType][] {
  return Object.entries(FRAGMENTS[fragment]);
}

function readSetting(
  name: string,
  schema: z.ZodType,
  env: Environment,
  values: Record<string, unknown>,
  problems: ConfigProblem[],
): void {
  const about = SETTING_TEXTS.get(schema);
  try {
    const given = (about?.secret === true ? readSecret(name, env) : undefined) ?? textOf(env, name) ?? about?.default;
    const parsed = schema.safeParse(given);
    if (parsed.success) {
      values[name] = parsed.data;
      return;
    }
    problems.push(...parsed.error.issues.map(({ message }) => problemOf(name, message)));
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    problems.push(...error.problems);
  }
}

/** The text of NAME_FILE's file, without the line end that editors add. */
function readSecret(name: string, env: Environment): string | undefined {
  const fileName = `${name}_FILE`;
  const path = textOf(env, fileName);
  if (path === undefined) {
    return undefined;
  }
  if (textOf(env, name) !== undefined) {
    throw new ConfigError([{ name: fileName, zh: `与 ${name} 只能设一个`, en: `give this or ${name}, not both` }]);
  }
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (text !== '') {
      return text;
    }
  } catch {
    // Said below, without the reason's own words: they would repeat the path's contents on some systems.
  }
  throw new ConfigError([
    { name: fileName, zh: '文件不存在、不可读或为空', en: 'the file is missing, not readable or empty' },
  ]);
}

function textOf(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

function problemOf(name: string, message: string): ConfigProblem {
  const [zh = '', en] = message.split('\n');
  return en === undefined ? { name, zh: '须设置', en: 'must be set' } : { name, zh, en };
}

/** A misspelt name would otherwise be a setting silently ignored. */
function findUnknown(env: Environment): ConfigProblem[] {
  const known = new Set<string>();
  for (const fragment of Object.keys(FRAGMENTS) as FragmentName[]) {
    for (const [name, schema] of settingsOf(fragment)) {
      known.add(name);
      if (SETTING_TEXTS.get(schema)?.secret === true) {
        known.add(`${name}_FILE`);
      }
    }
  }
  return Object.keys(env)
    .filter((name) => name.startsWith('LIUHEN_') && !known.has(name) && !NOT_OURS.test(name))
    .map((name) => ({ name, zh: '没有这个设置', en: 'there is no such setting' }));
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}
