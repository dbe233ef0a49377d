import { isDossierError } from '../dossier-error.js';
import {
  BAG_ALGORITHMS,
  type BagAlgorithm,
  type BagFile,
  type BagFiles,
  type ContentWatcher,
  DIGEST_HEX_LENGTH,
  type Hasher,
  type HasherFactory,
} from './bag-files.js';
import { collisions, pathProblem } from './bag-path.js';
import { BagFindings, type BagReport } from './bag-report.js';
import { linesOf, parseBagInfo, parseManifestLine } from './tag-text.js';
import { isTagManifest, payloadOxum, SM3_MANIFEST_PATH } from './write-bag.js';

/** A million recordings are more than any case; a list without end must not fill the memory. */
export const MAX_BAG_FILES = 1_000_000;
const MAX_BAG_INFO_LINES = 10_000;

/**
 * Checks a bag by RFC 8493, strictly: version 1.0, UTF-8, nothing fetched, every payload file in every manifest, and
 * beyond it `proofs/manifest-sm3.txt`, where there is one. Each file is read once and streamed; memory grows with the
 * number of files, not with their size.
 *
 * The digests vouch for the files, the tag manifests for the manifests, and nothing within the bag for a tag manifest:
 * it counts as PASS when it is well formed, so whoever needs to know that the bag is the one that was given out must
 * compare the tag manifest with what was logged.
 *
 * @throws only what `files.list()` throws: then nothing can be said
 */
export async function verifyBag(
  files: BagFiles,
  hasherOf: HasherFactory,
  options: BagOptions = {},
): Promise<BagReport> {
  return await new BagCheck(files, hasherOf, options).run();
}

export interface BagOptions {
  /** Whoever wants to see the bytes of a file as they pass; asked when the file is about to be read. */
  readonly watch?: (file: BagFile) => ContentWatcher | null | Promise<ContentWatcher | null>;
  /** Bytes of listed files read since the call before. */
  readonly onRead?: (bytes: number) => void;
  /** Files that are read at the same time, where hashing goes on elsewhere; one unless said. */
  readonly atOnce?: number;
}

/** A list of files and their digests: a payload manifest, a tag manifest, or our own list of SM3 digests. */
interface Manifest {
  readonly path: string;
  readonly of: 'payload' | 'tags';
  /** Null: not one we compute. Its paths are checked all the same. */
  readonly algorithm: BagAlgorithm | null;
  readonly digests: Map<string, string>;
}

class BagCheck {
  readonly #files: BagFiles;
  readonly #hasherOf: HasherFactory;
  readonly #options: BagOptions;
  readonly #findings = new BagFindings();
  /** What is there, under names that are safe. */
  readonly #present = new Map<string, BagFile>();

  constructor(files: BagFiles, hasherOf: HasherFactory, options: BagOptions) {
    this.#files = files;
    this.#hasherOf = hasherOf;
    this.#options = options;
  }

  async run(): Promise<BagReport> {
    await this.#takeStock();
    await this.#checkDeclaration();
    const manifests = await this.#readManifests();
    this.#checkCompleteness(manifests);
    this.#checkTagManifests(manifests);
    await this.#checkBagInfo();
    await this.#checkContents(manifests);
    const payload = this.#payload();
    const sizeBytes = payload.reduce((sum, file) => sum + file.sizeBytes, 0);
    return this.#findings.report(this.#present.keys(), { files: payload.length, sizeBytes });
  }

  /** Lists the bag once and finds what must not be in any. */
  async #takeStock(): Promise<void> {
    for await (const file of this.#files.list()) {
      const problem = pathProblem(file.path);
      if (problem !== null) this.#findings.fail('path-unsafe', file.path, `the path ${problem}`);
      else if (this.#present.has(file.path)) this.#findings.fail('path-duplicate', file.path, 'is there twice');
      else this.#present.set(file.path, file);
      if (file.kind !== 'file') this.#findings.fail('not-a-file', file.path, `is a ${file.kind}, not a plain file`);
      if (this.#present.size <= MAX_BAG_FILES) continue;
      this.#findings.notChecked('too-many-files', null, `more than ${MAX_BAG_FILES} files; the rest was not looked at`);
      break;
    }
    for (const [a, b] of collisions(this.#present.keys()))
      this.#findings.fail('path-collision', b, `is the same as ${JSON.stringify(a)} on some file systems`);
    // RFC 8493 §2.2.3. Files from elsewhere are not part of what was given out, and we go to no network.
    if (this.#present.has('fetch.txt')) this.#findings.fail('fetch-refused', 'fetch.txt', 'nothing is fetched');
  }

  /** RFC 8493 §2.1.1. */
  async #checkDeclaration(): Promise<void> {
    const path = 'bagit.txt';
    if (!this.#present.has(path)) return this.#findings.fail('declaration-missing', path, 'there is no bagit.txt');
    const lines = await this.#readLines(path, 3);
    if (lines === null) return;
    const version = /^BagIt-Version: (\d+\.\d+)$/.exec(lines[0] ?? '')?.[1];
    const encoding = /^Tag-File-Character-Encoding: (\S+)$/.exec(lines[1] ?? '')?.[1];
    if (lines.length !== 2 || version === undefined || encoding === undefined)
      return this.#findings.fail('declaration-malformed', path, 'is not the two lines of a declaration');
    if (version !== '1.0') this.#findings.fail('version-unsupported', path, `BagIt ${version}, not 1.0`);
    if (encoding.toUpperCase() !== 'UTF-8') this.#findings.fail('encoding-unsupported', path, `${encoding}, not UTF-8`);
  }

  async #readManifests(): Promise<Manifest[]> {
    const manifests: Manifest[] = [];
    let payloadManifests = 0;
    for (const path of this.#present.keys()) {
      const match = /^(tag)?manifest-([^/]*)\.txt$/.exec(path);
      if (match === null && path !== SM3_MANIFEST_PATH) continue;
      if (match !== null && match[1] === undefined) payloadManifests += 1;
      const manifest = await this.#readManifest(path, match?.[1] === 'tag' ? 'tags' : 'payload', match?.[2] ?? 'sm3');
      if (manifest !== null) manifests.push(manifest);
    }
    // RFC 8493 §2.1.3: at least one payload manifest. Our list of SM3 digests is none.
    if (payloadManifests === 0) this.#findings.fail('manifest-missing', null, 'there is no payload manifest');
    return manifests;
  }

  /** Null when it could not be read to its end: then it says nothing about what is missing from it. */
  async #readManifest(path: string, of: Manifest['of'], name: string): Promise<Manifest | null> {
    const algorithm = this.#computable(name);
    if (algorithm === null) this.#findings.notChecked('algorithm-unknown', path, `${name} cannot be computed here`);
    const manifest: Manifest = { path, of, algorithm, digests: new Map() };
    const complete = await this.#guarded(path, async () => {
      let number = 0;
      for await (const line of linesOf(this.#files.read(path))) {
        number += 1;
        const problem = takeLine(manifest, line);
        if (problem !== null) this.#findings.fail('manifest-malformed', path, `line ${number} ${problem}`);
        if (number > MAX_BAG_FILES) this.#findings.notChecked('too-many-files', path, `over ${MAX_BAG_FILES} lines`);
        // The first bad line fails it: a finding for each of a million would fill the memory.
        if (problem !== null || number > MAX_BAG_FILES) return false;
      }
      return true;
    });
    return complete === true ? manifest : null;
  }

  #computable(name: string): BagAlgorithm | null {
    const algorithm = BAG_ALGORITHMS.find((known) => known === name);
    return algorithm !== undefined && this.#hasherOf(algorithm) !== null ? algorithm : null;
  }

  /** RFC 8493 §3: every listed file is present, every payload file is in every payload manifest. */
  #checkCompleteness(manifests: readonly Manifest[]): void {
    const payload = this.#payload();
    for (const manifest of manifests) {
      for (const path of manifest.digests.keys()) {
        if (!this.#present.has(path)) this.#findings.fail('file-missing', path, `${manifest.path} lists it`);
      }
      if (manifest.of === 'tags') continue;
      for (const { path } of payload) {
        if (!manifest.digests.has(path)) this.#findings.fail('file-extra', path, `${manifest.path} does not list it`);
      }
    }
  }

  /** RFC 8493 §2.2.1: each lists every payload manifest, and all of them the same files. */
  #checkTagManifests(manifests: readonly Manifest[]): void {
    const tagManifests = manifests.filter(({ of }) => of === 'tags');
    const expected = new Set(tagManifests.flatMap(({ digests }) => [...digests.keys()]));
    for (const path of this.#present.keys()) if (/^manifest-[^/]*\.txt$/.test(path)) expected.add(path);
    for (const { path, digests } of tagManifests) {
      const missing = [...expected].filter((listed) => !digests.has(listed));
      if (missing.length === 0) continue;
      this.#findings.fail('tag-manifest-incomplete', path, `does not list ${JSON.stringify(missing[0])}`);
    }
  }

  /** RFC 8493 §2.2.2: Payload-Oxum at most once, and true. */
  async #checkBagInfo(): Promise<void> {
    const path = 'bag-info.txt';
    if (!this.#present.has(path)) return;
    const lines = await this.#readLines(path, MAX_BAG_INFO_LINES);
    if (lines === null) return;
    if (lines.length === MAX_BAG_INFO_LINES)
      return this.#findings.fail('bag-info-malformed', path, `has ${MAX_BAG_INFO_LINES} lines or more`);
    let oxums: string[];
    try {
      oxums = parseBagInfo(lines).flatMap(([label, value]) => (label.toLowerCase() === 'payload-oxum' ? [value] : []));
    } catch (error) {
      if (!isDossierError(error)) throw error;
      return this.#findings.fail('bag-info-malformed', path, error.message);
    }
    if (oxums.length > 1) return this.#findings.fail('bag-info-malformed', path, 'more than one Payload-Oxum');
    const actual = payloadOxum(this.#payload());
    if (oxums[0] !== undefined && oxums[0] !== actual)
      this.#findings.fail('oxum-mismatch', path, `Payload-Oxum is ${oxums[0].slice(0, 80)}, found ${actual}`);
  }

  /** Each takes the next file when it is done with one. */
  async #checkContents(manifests: readonly Manifest[]): Promise<void> {
    const before = this.#findings.all.length;
    const files = this.#present.values();
    const checkSome = async (): Promise<void> => {
      for (let next = files.next(); next.done !== true; next = files.next())
        await this.#checkContent(next.value, manifests);
    };
    await Promise.all(Array.from({ length: this.#options.atOnce ?? 1 }, checkSome));
    this.#findings.sortFrom(before);
  }

  async #checkContent(file: BagFile, manifests: readonly Manifest[]): Promise<void> {
    const { path, kind } = file;
    if (kind !== 'file') return;
    const listing = manifests.filter(({ digests }) => digests.has(path));
    const vouching = listing.flatMap(({ algorithm }) => (algorithm === null ? [] : [algorithm]));
    if (vouching.length === 0) {
      // A tag manifest is vouched for by nothing inside the bag; see verifyBag.
      if (isTagManifest(path)) return;
      if (!this.#findings.has(path)) this.#findings.notChecked('not-listed', path, 'no digest vouches for it');
      return;
    }
    const digests = await this.#guarded(path, () => this.#digestsOf(file, vouching));
    if (digests === null) return;
    for (const { algorithm, path: manifest, digests: expected } of listing) {
      if (algorithm === null || digests.get(algorithm) === expected.get(path)) continue;
      const words = `${algorithm} is ${digests.get(algorithm)}, ${manifest} says ${expected.get(path)}`;
      this.#findings.fail('digest-mismatch', path, words);
    }
  }

  async #digestsOf(file: BagFile, algorithms: readonly BagAlgorithm[]): Promise<Map<BagAlgorithm, string>> {
    const { path, sizeBytes } = file;
    const watcher = (await this.#options.watch?.(file)) ?? null;
    const hashers = new Map<BagAlgorithm, Hasher>();
    for (const algorithm of algorithms) {
      const hasher = this.#hasherOf(algorithm);
      if (hasher !== null) hashers.set(algorithm, hasher);
    }
    const takers = [...hashers.values(), ...(watcher === null ? [] : [watcher])];
    let readBytes = 0;
    for await (const chunk of this.#files.read(path)) {
      readBytes += chunk.length;
      await giveTo(takers, chunk);
      this.#options.onRead?.(chunk.length);
    }
    if (readBytes !== sizeBytes)
      this.#findings.fail('size-mismatch', path, `${readBytes} bytes read, ${sizeBytes} listed`);
    const digests = new Map<BagAlgorithm, string>();
    for (const [algorithm, hasher] of hashers) digests.set(algorithm, await hasher.digestHex());
    await watcher?.end({ sizeBytes: readBytes, digests });
    return digests;
  }

  #payload(): BagFile[] {
    return [...this.#present.values()].filter(({ path }) => path.startsWith('data/'));
  }

  /** At most `limit` lines of a small tag file. */
  async #readLines(path: string, limit: number): Promise<string[] | null> {
    return await this.#guarded(path, async () => {
      const lines: string[] = [];
      for await (const line of linesOf(this.#files.read(path))) {
        lines.push(line);
        if (lines.length === limit) break;
      }
      return lines;
    });
  }

  /** Null when the file could not be read. What the container shows to be wrong is a FAIL; a bad disk is not known. */
  async #guarded<T>(path: string, read: () => Promise<T>): Promise<T | null> {
    if (this.#present.get(path)?.kind !== 'file') return null;
    try {
      return await read();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      if (isDossierError(error, 'text-invalid')) this.#findings.fail('text-malformed', path, words);
      else if (isDossierError(error)) this.#findings.fail('content-altered', path, words);
      else this.#findings.notChecked('unreadable', path, words);
      return null;
    }
  }
}

/** All at once where they hash elsewhere; a promise for each chunk of those that do not would cost for nothing. */
async function giveTo(
  takers: readonly { update(chunk: Uint8Array): void | Promise<void> }[],
  chunk: Uint8Array,
): Promise<void> {
  const pending = takers.map((taker) => taker.update(chunk)).filter((taken) => taken !== undefined);
  if (pending.length > 0) await Promise.all(pending);
}

/** Adds one line to the manifest; the reason when it cannot. */
function takeLine({ of, algorithm, digests }: Manifest, line: string): string | null {
  const parsed = parseManifestLine(line);
  if ('problem' in parsed) return parsed.problem;
  const { path, digestHex } = parsed;
  if (digests.has(path)) return `names ${JSON.stringify(path)} a second time`;
  if (algorithm !== null && digestHex.length !== DIGEST_HEX_LENGTH[algorithm]) return `is not a digest of ${algorithm}`;
  if (of === 'payload' && !path.startsWith('data/')) return 'names a file outside data/';
  if (of === 'tags' && path.startsWith('data/')) return 'names payload';
  if (of === 'tags' && isTagManifest(path)) return 'names a tag manifest';
  digests.set(path, digestHex);
  return null;
}
