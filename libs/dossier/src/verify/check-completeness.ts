import type { ExportEvent, Head } from './chain-check.js';
import type { EventsResult } from './check-events.js';
import { type DossierFinding, ItemFindings } from './dossier-report.js';
import type { DossierIndex } from './read-index.js';

/**
 * Nothing is left out: the case chain ends with the export of this dossier, the heads it names are exactly the chains
 * that are here, each to its end, and they are exactly the assets of the case.
 */
export function checkCompleteness(events: EventsResult, index: DossierIndex | DossierFinding): ItemFindings {
  const findings = new ItemFindings('completeness');
  const { caseFacts, chains, isRead } = events;
  if (!isRead) {
    findings.notChecked('part-unreadable', 'not all events could be read');
    return findings;
  }
  if (!('format' in index)) findings.add(index);
  const caseChains = [...chains.keys()].filter((chain) => chain.startsWith('case:'));
  if (caseChains.length !== 1) findings.fail('chain-missing', `${caseChains.length} chains of cases, not one`);
  const exported = caseFacts.export;
  if (exported === null) {
    findings.fail('export-missing', 'the last event of the case chain is not its export');
    return findings;
  }
  if ('format' in index && exported.dossier !== index.id)
    findings.fail('export-of-another', `the chain ends with the export of ${exported.dossier.slice(0, 80)}`);
  if (exported.heads === null) findings.fail('heads-malformed', 'the export names no heads that can be read');
  else checkHeads(findings, exported.heads, events);
  if (exported.renditions === null) findings.fail('kinds-malformed', 'the export names no kinds that can be read');
  return findings;
}

function checkHeads(findings: ItemFindings, heads: readonly Head[], { chains, caseFacts }: EventsResult): void {
  const named = new Map(heads.map((head) => [head.chain, head]));
  for (const { chain, seq, leaf } of heads) {
    const head = chains.get(chain)?.head ?? null;
    if (head === null) findings.fail('chain-missing', `${chain}: missing 1 to ${seq} of ${seq}`);
    else if (head.seq !== seq || head.leaf !== leaf)
      findings.fail('chain-cut-short', `${chain} ends at ${head.seq}, the export names ${seq}`);
    if (!caseFacts.assets.has(chain.slice('asset:'.length)))
      findings.fail('asset-not-of-case', `${chain} is not of the case`);
  }
  for (const chain of chains.keys())
    if (chain.startsWith('asset:') && !named.has(chain)) findings.fail('chain-unnamed', `the export names no ${chain}`);
  for (const asset of caseFacts.assets)
    if (!named.has(`asset:${asset}`)) findings.fail('asset-left-out', `asset ${asset.slice(0, 80)} is of the case`);
}

/** "Complete as of": what `dossier.json` says of it is what the export and the checkpoint say. */
export function checkAsOf(
  exported: ExportEvent | null,
  index: DossierIndex | DossierFinding,
  size: number | null,
): { readonly findings: ItemFindings; readonly asOf: { readonly at: string; readonly size: number } | null } {
  const findings = new ItemFindings('as-of');
  if (exported === null) findings.notChecked('export-missing', 'no export says when');
  if (size === null) findings.notChecked('no-checkpoint', 'no checkpoint says up to where');
  if (!('format' in index)) findings.add(index);
  if (exported === null || size === null || !('format' in index)) return { findings, asOf: null };
  const { event } = exported;
  const said = [
    ['as_of.at', index.as_of.at, event.at],
    ['as_of.size', index.as_of.size, size],
    ['export_event.id', index.export_event.id, event.id],
    ['export_event.chain_seq', index.export_event.chain_seq, event.chainSeq],
    ['export_event.leaf', index.export_event.leaf, event.leaf],
  ] as const;
  for (const [name, value, expected] of said)
    if (value !== expected) findings.fail('index-differs', `${name} is ${value}, not ${expected}`);
  return { findings, asOf: { at: event.at, size } };
}
