import type { MeasuredFile } from '#dossier';
import { measureBlob } from './measure-blob.js';

/** What the page is told. */
export type MeasureNews =
  | { readonly kind: 'progress'; readonly bytes: number }
  | { readonly kind: 'done'; readonly measured: MeasuredFile }
  | { readonly kind: 'unreadable' };

const tell = (news: MeasureNews): void => self.postMessage(news);

self.addEventListener('message', (event: MessageEvent<File>) => {
  measureBlob(event.data, (bytes) => tell({ kind: 'progress', bytes })).then(
    (measured) => tell({ kind: 'done', measured }),
    () => tell({ kind: 'unreadable' }),
  );
});
