/** Whether it is an error of the operating system with one of these codes, `ENOENT` and the like. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
