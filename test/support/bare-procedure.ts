import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '#archive';
import type { Procedure } from '#domain';

/** The ordinary penalty that asks for nothing but its closing step: for tests of what a closing itself does. */
export const BARE = { procedureId: 'bare-penalty' } as const;

export async function keepBareProcedure({
  archive,
  dir,
}: {
  readonly archive: Archive;
  readonly dir: string;
}): Promise<void> {
  const ordinary = JSON.parse(await readFile('procedures/administrative-penalty-ordinary/1.json', 'utf8')) as Procedure;
  const steps = ordinary.steps.filter(({ kind }) => kind !== 'legal-review');
  const others = steps.filter(({ kind }) => kind !== 'closing').map(({ id }) => id);
  const bare: Procedure = {
    ...ordinary,
    ...{ id: BARE.procedureId, legalReview: false, conditions: [], limits: [] },
    steps: steps.map((step) => ({
      ...step,
      need: step.kind === 'closing' ? 'always' : 'may',
      after: step.kind === 'closing' ? others : step.after.filter((id) => others.includes(id)),
      papers: [],
      who: { count: 0, roles: [], independent: false },
      recording: { duty: 'none', from: null, to: null, raised: [] },
    })),
  };
  const folder = join(dir, 'rules', bare.id);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${bare.version}.json`), JSON.stringify(bare));
  await archive.cases.keepProcedures.run(join(dir, 'rules'));
}
