const MAX_PATH_LENGTH = 4_096;

/**
 * Why a path must not be used, or null. It stays in the package on every system: relative, `/` between names, no `.`
 * or `..`, no backslash or drive letter (Windows would take them for folders), no NUL, text that UTF-8 can hold
 * (RFC 8493 §5: a bag from elsewhere is hostile until shown otherwise).
 */
export function pathProblem(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.length > MAX_PATH_LENGTH) return `is longer than ${MAX_PATH_LENGTH} characters`;
  if (!path.isWellFormed()) return 'is not well-formed text';
  if (path.includes('\0')) return 'holds a NUL';
  if (path.includes('\\')) return 'holds a backslash';
  if (path.startsWith('/')) return 'is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'begins with a drive letter';
  const parts = path.split('/');
  if (parts.some((part) => part === '')) return 'holds an empty name';
  if (parts.some((part) => part === '.' || part === '..')) return 'holds . or ..';
  return null;
}

/**
 * Names that some file systems hold to be one: macOS composes (NFC), Windows and macOS ignore case. Upper case after
 * lower case also joins ß with ss, as full case folding does.
 */
export function collisionKey(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase();
}

/**
 * Pairs that cannot stand side by side on every file system: two files of one name, or a file where another needs a
 * folder.
 */
export function* collisions(paths: Iterable<string>): Generator<readonly [string, string]> {
  const byKey = new Map<string, string>();
  for (const path of paths) {
    const key = collisionKey(path);
    const other = byKey.get(key);
    if (other === undefined) byKey.set(key, path);
    else yield [other, path];
  }
  for (const [key, path] of byKey) {
    for (let slash = key.indexOf('/'); slash !== -1; slash = key.indexOf('/', slash + 1)) {
      const file = byKey.get(key.slice(0, slash));
      if (file !== undefined) yield [file, path];
    }
  }
}

/** RFC 8493 §2.1.3: CR, LF and the percent sign itself are written as %0D, %0A and %25; nothing else is. */
export function encodePath(path: string): string {
  return path.replace(/[%\r\n]/g, (c) => (c === '%' ? '%25' : c === '\r' ? '%0D' : '%0A'));
}

/** The path a manifest line names, or null when a percent sign begins none of the three codes. */
export function decodePath(text: string): string | null {
  if (/%(?!0A|0D|25)/i.test(text)) return null;
  return text.replace(/%(0A|0D|25)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
