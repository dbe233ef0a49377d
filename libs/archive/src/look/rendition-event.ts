import { ArchiveError } from '#domain';
import { type RenditionRecipe, recipeBytes, renditionList } from '#dossier';
import type { RenditionRecord } from '#persistence';
import type { EventFields } from '../ledger/append-events.js';
import { digestText, sha256 } from '../ledger/canonical.js';

/**
 * What the event of its making says of a rendition: `digest` binds its files, `recipe` how they were made
 * (docs/dossier-format.md, "Renditions"). Both are digests: arguments and pages may be many, a leaf is small.
 */
export function renditionEvent(rendition: RenditionRecord): EventFields {
  const { id, kind, tool, toolVersion, files } = rendition;
  return {
    ...{ id, kind, tool: `${tool} ${toolVersion}`, files: files.length },
    digest: renditionDigest(files),
    recipe: digestText(sha256(recipeBytes(recipeOf(rendition)))),
  };
}

export function recipeOf({ tool, toolVersion, args }: RenditionRecord): RenditionRecipe {
  return { tool, version: toolVersion, args };
}

/** @param files their names may have folders in front; the last part is what counts */
export function renditionDigest(files: readonly { readonly name: string; readonly sha256: string }[]): string {
  const named = files.map(({ name, sha256: hex }) => ({ name: lastPart(name), sha256: hex }));
  if (new Set(named.map(({ name }) => name)).size < named.length)
    throw new ArchiveError('internal', 'two files of a rendition have one name');
  return digestText(sha256(Buffer.from(renditionList(named))));
}

export function lastPart(name: string): string {
  return name.split('/').at(-1) ?? name;
}
