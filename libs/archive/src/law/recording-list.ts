import { type Actor, ArchiveError, LIST_COLUMNS, may, mistakesOf, recordingList, withRecordingList } from '#domain';
import { readSheet, writeSheet } from '#sheets';
import type { TakeInProcedure, TakenIn, ViewProcedure } from './take-in-procedure.js';

/** 音像记录事项清单 of a procedure as a workbook, and a workbook as the next version of the procedure. */
export class RecordingLists {
  readonly #viewProcedure: ViewProcedure;
  readonly #takeIn: TakeInProcedure;

  constructor(viewProcedure: ViewProcedure, takeIn: TakeInProcedure) {
    this.#viewProcedure = viewProcedure;
    this.#takeIn = takeIn;
  }

  /** @throws ArchiveError `not-found` */
  async write(id: string, version: number | null): Promise<{ readonly name: string; readonly bytes: Buffer }> {
    const { procedure } = await this.#viewProcedure.run(id, version);
    const widths = LIST_COLUMNS.map(({ width }) => width);
    return {
      name: `音像记录事项清单 ${procedure.title.zh} 第${procedure.version}版.xlsx`,
      bytes: await writeSheet(procedure.title.zh, recordingList(procedure), widths),
    };
  }

  /** @throws ArchiveError `forbidden`, `not-found`, `conflict` */
  async takeIn(
    actor: Actor,
    id: string,
    wish: { readonly sheet: Buffer; readonly isTrial: boolean },
  ): Promise<TakenIn> {
    if (!may(actor, 'rules.manage')) throw new ArchiveError('forbidden', 'not an administrator');
    const { procedure } = await this.#viewProcedure.run(id, null);
    try {
      const read = withRecordingList(procedure, await readSheet(wish.sheet));
      if (read.procedure === null) return { ...read, isTakenIn: false };
      const file = `${JSON.stringify(read.procedure, null, 2)}\n`;
      return await this.#takeIn.run(actor, { file, isTrial: wish.isTrial });
    } catch (error) {
      return { mistakes: mistakesOf(error), procedure: null, isTakenIn: false };
    }
  }
}
