import { MAX_PAGES } from './limits.js';
import type { Finding, LookInput } from './look-result.js';
import { makePdfPages, type PaperResult } from './papers.js';
import { isUnviewable } from './probe.js';
import type { Sandbox } from './sandbox.js';

/** PDF: page pictures, text and thumbnail. */
export async function lookAtPaper(sandbox: Sandbox, input: LookInput): Promise<Finding> {
  const pages = await makePdfPages(sandbox, input);
  return isUnviewable(pages) ? { unviewable: pages.unviewable, detail: pages.detail } : paperFinding(pages);
}

export function paperFinding(pages: PaperResult): Finding {
  return {
    kind: 'paper',
    renditions: pages.renditions,
    pageCount: pages.pageCount,
    missingPages: pages.missingPages,
    warnings: [
      ...(pages.missingPages.length > 0 ? ['pages-missing' as const] : []),
      ...(pages.pageCount > MAX_PAGES ? ['pages-limited' as const] : []),
    ],
  };
}
