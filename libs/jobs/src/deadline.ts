/** Rejects when `work` takes longer; the work itself goes on unheard. */
export async function withDeadline<T>(limitMs: number, complaint: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${complaint} (${limitMs} ms)`)), limitMs);
  });
  const running = work();
  running.catch(() => undefined);
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
