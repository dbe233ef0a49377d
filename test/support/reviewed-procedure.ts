import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '#archive';
import type { Procedure, ProcedureStep } from '#domain';

/** An ordinary penalty whose review asks for little before it, and for nothing where no lead was taken up: for tests of what a review itself does. */
export const REVIEWED = { procedureId: 'reviewed-penalty' } as const;

const KEPT = ['lead', 'legal-review', 'decision', 'closing'];

export async function keepReviewedProcedure({
  archive,
  dir,
}: {
  readonly archive: Archive;
  readonly dir: string;
}): Promise<void> {
  const reviewed = await reviewedProcedure();
  const folder = join(dir, 'rules', reviewed.id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${reviewed.version}.json`), JSON.stringify(reviewed));
  await archive.cases.keepProcedures.run(join(dir, 'rules'));
}

/** As a rule file. */
export async function reviewedProcedure(): Promise<Procedure> {
  const ordinary = JSON.parse(await readFile('procedures/administrative-penalty-ordinary/1.json', 'utf8')) as Procedure;
  const steps = ordinary.steps.filter(({ id }) => KEPT.includes(id));
  return {
    ...{ ...ordinary, id: REVIEWED.procedureId, limits: [], steps: steps.map(bare) },
    conditions: ordinary.conditions.filter(({ id }) => id === 'complex-or-major'),
  };
}

function bare(step: ProcedureStep): ProcedureStep {
  const isReview = step.kind === 'legal-review';
  return {
    ...step,
    need: isReview ? { when: ['complex-or-major'] } : step.id === 'lead' ? 'may' : 'always',
    after: KEPT.slice(0, KEPT.indexOf(step.id)),
    papers: isReview || step.id === 'lead' ? step.papers : [],
    who: isReview ? step.who : { count: 0, roles: [], independent: false },
    recording: { duty: 'none', from: null, to: null, raised: [] },
  };
}
