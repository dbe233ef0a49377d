import type { Label } from './rule-mistakes.js';

/** What can be wrong with 音像记录事项清单; the cell is said beside the words. */
export const LIST_MISTAKE = {
  noColumns: (names: readonly string[]): Label => ({
    zh: `未找到表头，或缺少列：${names.join('、') || '执法环节'}`,
    en: `no row with the names of the columns, or columns are missing: ${names.join(', ') || '执法环节'}`,
  }),
  columnTwice: (name: string): Label => ({ zh: `列“${name}”重复`, en: `the column ${name} stands twice` }),
  noStepOf: (name: string, steps: readonly string[]): Label => ({
    zh: `本程序没有环节“${name}”；有：${steps.join('、')}`,
    en: `the procedure has no step ${name}; it has ${steps.join(', ')}`,
  }),
  manySteps: { zh: '有多个环节同名，请填环节标识', en: 'several steps have this title; give the id of the step' },
  noConditionOf: (name: string): Label => ({
    zh: `本程序没有情形“${name}”；多个情形以“；”分隔`,
    en: `the procedure has no condition ${name}; several are set apart by ；`,
  }),
  otherProcedure: (title: string): Label => ({ zh: `不是“${title}”的清单`, en: `not a list of ${title}` }),
  rowTwice: (title: string): Label => ({
    zh: `“${title}”已有一行未写适用情形；另一行须写明适用情形`,
    en: `${title} has a row without a condition already; another one names its condition`,
  }),
  otherMoment: (row: number): Label => ({
    zh: `同一环节的开始、结束须与第 ${row} 行相同`,
    en: `one step has one beginning and one end: as in row ${row}`,
  }),
} as const;
