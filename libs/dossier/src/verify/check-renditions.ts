import { toHex } from '#domain';
import type { Hash } from '#tlog';
import { renditionFolder, renditionOfPath } from '../layout/dossier-files.js';
import { recipeBytes, renditionList } from '../layout/rendition-list.js';
import type { MadeRendition } from './chain-check.js';
import type { EventsResult } from './check-events.js';
import { ItemFindings } from './dossier-report.js';
import type { DossierIndex, IndexedRendition } from './read-index.js';

interface Around {
  readonly sha256: Hash;
  readonly events: EventsResult;
  readonly index: DossierIndex | null;
  /** By path; undefined where nothing could compute it. Only files of renditions that were read to their end. */
  readonly digests: ReadonlyMap<string, string | undefined>;
  /** All paths there are. */
  readonly listed: Iterable<string>;
}

interface Rendition {
  readonly assetId: string;
  readonly kind: string;
  readonly paths: string[];
}

/**
 * Each rendition that the export chose, or that is there: its files are those its event was written over, and what
 * `dossier.json` says of its making is what the event says.
 */
export function checkRenditions(around: Around): ItemFindings[] {
  const found = new Map<string, Rendition>();
  const at = (assetId: string, kind: string): Rendition => {
    const folder = renditionFolder(assetId, kind);
    const one = found.get(folder) ?? { assetId, kind, paths: [] };
    found.set(folder, one);
    return one;
  };
  for (const { assetId, kind } of chosen(around.events)) at(assetId, kind);
  for (const path of around.listed) {
    const file = renditionOfPath(path);
    if (file !== null) at(file.assetId, file.kind).paths.push(path);
  }
  for (const { asset, kind } of around.index?.renditions ?? []) at(asset, kind);
  return [...found.keys()].sort().map((folder) => checkOne(folder, found.get(folder) as Rendition, around));
}

/** What must be there: of each asset of the export, what was made of it by then, of the kinds that were asked for. */
function chosen({ caseFacts, assetFacts }: EventsResult): { readonly assetId: string; readonly kind: string }[] {
  const { heads, renditions: kinds } = caseFacts.export ?? {};
  return (heads ?? []).flatMap(({ chain }) =>
    (kinds ?? [])
      .filter((kind) => assetFacts.get(chain)?.renditions.has(kind))
      .map((kind) => ({ assetId: chain.slice('asset:'.length), kind })),
  );
}

function checkOne(folder: string, rendition: Rendition, around: Around): ItemFindings {
  const { assetId, kind, paths } = rendition;
  const { events, index } = around;
  const findings = new ItemFindings('rendition', folder);
  if (!events.isRead) {
    findings.notChecked('part-unreadable', 'not all events could be read');
    return findings;
  }
  const made = events.assetFacts.get(`asset:${assetId}`)?.renditions.get(kind);
  const isChosen = events.caseFacts.export?.renditions?.includes(kind) === true;
  if (made === undefined || !isChosen) {
    findings.fail('rendition-unnamed', made === undefined ? 'no event of its making' : 'the export did not choose it');
    return findings;
  }
  if (paths.length === 0) findings.fail('rendition-missing', `there is no file in ${folder}`);
  else compareFiles(findings, made, { paths, around });
  if (index !== null)
    compareIndex(findings, around.sha256, {
      made,
      indexed: index.renditions.find((one) => one.asset === assetId && one.kind === kind),
    });
  return findings;
}

function compareFiles(
  findings: ItemFindings,
  made: MadeRendition,
  { paths, around }: { readonly paths: readonly string[]; readonly around: Around },
): void {
  const files: { name: string; sha256: string }[] = [];
  for (const path of paths) {
    const sha256 = around.digests.get(path);
    if (sha256 === undefined) findings.notChecked('digest-not-computed', `${path}: sha256 was not computed`);
    else files.push({ name: renditionOfPath(path)?.name ?? path, sha256 });
  }
  if (files.length < paths.length) return;
  const digest = digestOf(around.sha256, new TextEncoder().encode(renditionList(files)));
  if (digest !== made.digest) findings.fail('rendition-altered', `${digest}, made was ${made.digest}`);
}

function compareIndex(
  findings: ItemFindings,
  sha256: Hash,
  { made, indexed }: { readonly made: MadeRendition; readonly indexed: IndexedRendition | undefined },
): void {
  if (indexed === undefined) findings.fail('index-differs', 'dossier.json does not name it');
  else if (indexed.digest !== made.digest) findings.fail('index-differs', 'dossier.json has another digest of it');
  else if (digestOf(sha256, recipeBytes(indexed)) !== made.recipe)
    findings.fail('index-differs', 'dossier.json says that it was made in another way');
}

function digestOf(sha256: Hash, bytes: Uint8Array): string {
  return `sha256:${toHex(sha256(bytes))}`;
}
