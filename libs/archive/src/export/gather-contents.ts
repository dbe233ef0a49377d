import { type ContentsItem, type ContentsStep, type DossierContents, type Procedure, utc } from '#domain';
import {
  type CaseMaterial,
  type CaseRecord,
  exportRepository,
  type OccurrenceRecord,
  occurrenceRepository,
  type Tx,
  unitRepository,
} from '#persistence';

/** What the lists of a dossier say, as it stands in this transaction: later corrections are not in it. */
export async function gatherContents(
  tx: Tx,
  found: CaseRecord,
  about: { readonly id: string; readonly at: Date; readonly procedure: Procedure; readonly zoneMinutes: number },
): Promise<DossierContents> {
  const { id, at, procedure, zoneMinutes } = about;
  const material = await exportRepository.material(tx, found.id);
  const occurrences = await occurrenceRepository.list(tx, found.id);
  const units = await unitRepository.namesOf(tx, [found.unitId]);
  return {
    ...{ dossierId: id, caseNumber: found.number, caseTitle: found.title, unitName: units.get(found.unitId) ?? '' },
    ...{ procedure: procedure.title, asOf: utc(at), zoneMinutes },
    steps: procedure.steps.flatMap((step) => {
      const own = occurrences.filter(({ stepId }) => stepId === step.id).sort((a, b) => a.n - b.n);
      return own.flatMap((occurrence) => stepOf(step.title, occurrence, { isOne: own.length === 1, material }));
    }),
  };
}

function stepOf(
  title: ContentsStep['title'],
  { id, n }: OccurrenceRecord,
  { isOne, material }: { readonly isOne: boolean; readonly material: readonly CaseMaterial[] },
): ContentsStep[] {
  const items = material.filter(({ occurrenceId }) => occurrenceId === id).map(itemOf);
  return items.length === 0 ? [] : [{ title, n: isOne ? null : n, items }];
}

function itemOf(material: CaseMaterial): ContentsItem {
  const { kind, fileName, at, atSource, durationMs, pageCount, sizeBytes, sha256, custody, receivedFrom } = material;
  const { rangeStartMs: startMs, rangeEndMs: endMs, device, purpose } = material;
  const words = [device?.make, device?.model].filter((word): word is string => typeof word === 'string' && word !== '');
  return {
    ...{ kind, fileName, at: utc(at), atSource, durationMs, pageCount, sizeBytes: sizeBytes ?? 0, sha256, custody },
    ...{ receivedFrom, device: words.length === 0 ? null : words.join(' '), purpose },
    range: startMs === null || endMs === null ? null : { startMs, endMs },
  };
}
