import { toHex } from '#domain';
import { BLOCK_BYTES } from '#tlog';
import { assetOfOriginal, blocksPath } from '../layout/dossier-files.js';
import { AssetFacts } from './chain-check.js';
import type { EventsResult } from './check-events.js';
import { ItemFindings } from './dossier-report.js';
import type { DossierIndex, IndexedAsset } from './read-index.js';
import type { Parts } from './read-part.js';
import type { OriginalContent } from './watch-originals.js';

interface Around {
  readonly parts: Parts;
  readonly events: EventsResult;
  readonly index: DossierIndex | null;
  readonly contents: ReadonlyMap<string, OriginalContent>;
}

/** Each asset that is named anywhere: its bytes against its events. */
export function checkOriginals(around: Around): ItemFindings[] {
  const { parts, events, index } = around;
  const paths = new Map<string, string[]>();
  for (const path of parts.listed.keys()) {
    const id = assetOfOriginal(path);
    if (id !== null) paths.set(id, [...(paths.get(id) ?? []), path]);
  }
  const ids = new Set([
    ...(events.caseFacts.export?.heads ?? []).map(({ chain }) => chain.slice('asset:'.length)),
    ...[...events.assetFacts.keys()].map((chain) => chain.slice('asset:'.length)),
    ...paths.keys(),
    ...(index?.assets ?? []).map(({ id }) => id),
  ]);
  return [...ids].sort().map((id) => checkOriginal(id, paths.get(id) ?? [], around));
}

function checkOriginal(id: string, paths: readonly string[], { parts, events, index, contents }: Around): ItemFindings {
  const facts = events.assetFacts.get(`asset:${id}`) ?? new AssetFacts();
  const indexed = index?.assets.find((asset) => asset.id === id);
  const [path] = paths;
  const findings = new ItemFindings('original', path ?? id);
  if (!events.isRead) {
    findings.notChecked('part-unreadable', 'not all events could be read');
    return findings;
  }
  if (facts.contradiction !== null) findings.fail('facts-contradict', facts.contradiction);
  if (facts.quarantined !== null) findings.fail('quarantined', `difference: ${facts.quarantined}`);
  if (index !== null) compareIndex(findings, indexed, { facts, path: path ?? null });
  if (facts.received === null) findings.fail('not-received', 'no event of receipt');
  if (facts.sealed === null && facts.quarantined === null) findings.fail('not-sealed', 'no event of the seal');
  if (paths.length > 1) findings.fail('original-doubled', `${paths.length} files`);
  if (path === undefined) findings.fail('original-missing', `no file below data/originals/${id}/`);
  else if (parts.has(path)) compareContent(findings, facts, { id, content: contents.get(path), parts });
  return findings;
}

function compareIndex(
  findings: ItemFindings,
  indexed: IndexedAsset | undefined,
  { facts, path }: { facts: AssetFacts; path: string | null },
): void {
  if (indexed === undefined) {
    findings.fail('index-differs', 'dossier.json does not name it');
    return;
  }
  const expected = {
    ...{ path, size_bytes: facts.received?.sizeBytes, block_root: facts.received?.blockRoot },
    ...{ sha256: facts.sealed?.sha256 ?? null, sm3: facts.sealed?.sm3 ?? null },
  };
  for (const [name, value] of Object.entries(expected)) {
    const said = indexed[name as keyof typeof expected];
    if (said !== value) findings.fail('index-differs', `dossier.json: ${name} is ${said}, not ${value}`);
  }
}

function compareContent(
  findings: ItemFindings,
  { received, sealed }: AssetFacts,
  { id, content, parts }: { id: string; content: OriginalContent | undefined; parts: Parts },
): void {
  if (content === undefined) {
    findings.notChecked('original-not-read', 'it could not be read to its end');
    return;
  }
  if (received !== null) {
    if (content.sizeBytes !== received.sizeBytes)
      findings.fail('original-size', `${content.sizeBytes} bytes, received were ${received.sizeBytes}`);
    const root = sha256Text(content.blockRoot);
    const isListTrue = content.listRoot !== null && sha256Text(content.listRoot) === received.blockRoot;
    if (root !== received.blockRoot) {
      const bad = isListTrue ? content.firstBadBlock : null;
      const where = bad === null ? '' : `; the first bad block is ${bad}`;
      findings.fail('original-altered', `block root ${root}, received ${received.blockRoot}${where}`, offsetOf(bad));
    }
    if (content.isListUnread) findings.notChecked('part-unreadable', `${blocksPath(id)} cannot be read`);
    else if (!isListTrue)
      findings.fail(
        'blocks-wrong',
        `${blocksPath(id)} ${parts.has(blocksPath(id)) ? 'does not give the block root' : 'is not there'}`,
      );
  }
  if (sealed === null) return;
  compareDigest(findings, 'original-sha256', { found: content.sha256, expected: sealed.sha256, prefix: 'sha256' });
  compareDigest(findings, 'original-sm3', { found: content.sm3, expected: sealed.sm3, prefix: 'sm3' });
}

function compareDigest(
  findings: ItemFindings,
  reason: 'original-sha256' | 'original-sm3',
  { found, expected, prefix }: { found: string | undefined; expected: string; prefix: string },
): void {
  if (found === undefined) findings.notChecked('digest-not-computed', `${prefix} was not computed`);
  else if (`${prefix}:${found}` !== expected) findings.fail(reason, `${prefix}:${found}, sealed ${expected}`);
}

function offsetOf(block: number | null): number | null {
  return block === null ? null : block * BLOCK_BYTES;
}

function sha256Text(bytes: Uint8Array): string {
  return `sha256:${toHex(bytes)}`;
}
