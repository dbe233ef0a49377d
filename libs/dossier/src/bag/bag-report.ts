/** Why a bag, or a file of it, is not good or was not checked. Words for people are the caller's. */
export type BagFindingCode =
  // the bag as a whole
  | 'declaration-missing'
  | 'declaration-malformed'
  | 'version-unsupported'
  | 'encoding-unsupported'
  | 'manifest-missing'
  | 'bag-info-malformed'
  | 'oxum-mismatch'
  | 'fetch-refused'
  | 'too-many-files'
  // lists of files
  | 'manifest-malformed'
  | 'text-malformed'
  | 'tag-manifest-incomplete'
  | 'algorithm-unknown'
  // one file
  | 'file-missing'
  | 'file-extra'
  | 'not-listed'
  | 'digest-mismatch'
  | 'size-mismatch'
  | 'content-altered'
  | 'unreadable'
  | 'not-a-file'
  | 'path-unsafe'
  | 'path-duplicate'
  | 'path-collision';

/** FAIL: shown to be wrong. NOT CHECKED: nothing is known, which is never as good as PASS. */
export type Verdict = 'PASS' | 'FAIL' | 'NOT CHECKED';

export interface BagFinding {
  readonly code: BagFindingCode;
  readonly verdict: Exclude<Verdict, 'PASS'>;
  /** The file it is about; null when it is the bag. As found: not safe to print unescaped. */
  readonly path: string | null;
  /** What was found and what was expected; English, for experts. */
  readonly detail: string;
}

export type FileVerdict =
  | { readonly path: string; readonly verdict: 'PASS' }
  | {
      readonly path: string;
      readonly verdict: Exclude<Verdict, 'PASS'>;
      readonly reason: BagFindingCode;
      readonly detail: string;
    };

export interface BagReport {
  /** The worst there is: PASS only when every file is PASS and nothing is wrong with the bag. */
  readonly verdict: Verdict;
  readonly findings: readonly BagFinding[];
  /** Every file there is or should be, by path. */
  readonly files: readonly FileVerdict[];
  readonly payload: { readonly files: number; readonly sizeBytes: number };
}

/** Gathers findings, and makes of them one verdict for each file. */
export class BagFindings {
  readonly all: BagFinding[] = [];
  readonly #worst = new Map<string, BagFinding>();

  fail(code: BagFindingCode, path: string | null, detail: string): void {
    this.#add({ code, verdict: 'FAIL', path, detail });
  }

  notChecked(code: BagFindingCode, path: string | null, detail: string): void {
    this.#add({ code, verdict: 'NOT CHECKED', path, detail });
  }

  /** Of files that were looked at in no order: the same bag gives the same report. */
  sortFrom(start: number): void {
    const found = this.all.splice(start).sort((a, b) => ((a.path ?? '') < (b.path ?? '') ? -1 : 1));
    for (const finding of found) this.all.push(finding);
  }

  has(path: string): boolean {
    return this.#worst.has(path);
  }

  report(paths: Iterable<string>, payload: BagReport['payload']): BagReport {
    const everyPath = [...new Set([...paths, ...this.#worst.keys()])].sort();
    const files = everyPath.map((path) => this.#verdictOf(path));
    const verdict = this.all.some((finding) => finding.verdict === 'FAIL') ? 'FAIL' : 'NOT CHECKED';
    return { verdict: this.all.length === 0 ? 'PASS' : verdict, findings: this.all, files, payload };
  }

  #add(finding: BagFinding): void {
    this.all.push(finding);
    if (finding.path === null) return;
    const known = this.#worst.get(finding.path);
    if (known === undefined || (known.verdict !== 'FAIL' && finding.verdict === 'FAIL'))
      this.#worst.set(finding.path, finding);
  }

  #verdictOf(path: string): FileVerdict {
    const finding = this.#worst.get(path);
    if (finding === undefined) return { path, verdict: 'PASS' };
    return { path, verdict: finding.verdict, reason: finding.code, detail: finding.detail };
  }
}
