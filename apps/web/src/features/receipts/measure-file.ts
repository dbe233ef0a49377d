import type { MeasuredFile } from '#dossier';
import type { MeasureNews } from './measure.worker.js';

/** The file was moved, altered or its disk taken out while it was read. */
export class UnreadableFile extends Error {}

/**
 * Measures a file on a thread of its own, so that the page stays at hand.
 * @throws UnreadableFile; AbortError when the signal says so
 */
export function measureFile(
  file: File,
  { onProgress, signal }: { readonly onProgress: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<MeasuredFile> {
  const worker = new Worker(new URL('./measure.worker.ts', import.meta.url), { type: 'module' });
  const measured = new Promise<MeasuredFile>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    worker.onerror = () => reject(new UnreadableFile());
    worker.onmessage = ({ data }: MessageEvent<MeasureNews>) => {
      if (data.kind === 'progress') onProgress(data.bytes);
      else if (data.kind === 'done') resolve(data.measured);
      else reject(new UnreadableFile());
    };
    worker.postMessage(file);
  });
  return measured.finally(() => worker.terminate());
}
