import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json: this file is below it, in `dist/` once built. */
export const PACKAGE_DIR = findPackage(dirname(fileURLToPath(import.meta.url)));

/** Rule files that come with this version. */
export const PROCEDURES_DIR = join(PACKAGE_DIR, 'procedures');
export const CATALOGUES_DIR = join(PACKAGE_DIR, 'catalogues');

/** Templates of forms that come with this version. */
export const FORMS_DIR = join(PACKAGE_DIR, 'forms');
export const CALENDAR_FILE = join(PACKAGE_DIR, 'calendars', 'china.json');
/** How makers of recorders name their files, as it comes with this version. */
export const NAME_RULES_DIR = join(PACKAGE_DIR, 'recorder-names');

export function builtMain(app: 'api' | 'worker' | 'signer'): string {
  return join(PACKAGE_DIR, 'dist', 'apps', app, 'src', 'main.js');
}

function findPackage(from: string): string {
  if (existsSync(join(from, 'package.json')) && existsSync(join(from, 'procedures'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('the package folder, with package.json and procedures/, cannot be found');
  return findPackage(parent);
}
