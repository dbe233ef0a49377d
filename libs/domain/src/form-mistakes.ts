import type { Label } from './rule-mistakes.js';

/** What can be wrong with a template of a form, or with what is filled in. */
export const FORM_MISTAKE = {
  numberWithout: (part: string): Label => ({
    zh: `文号格式须含 ${part}，且只含一次`,
    en: `the pattern of the number has ${part}, once`,
  }),
  freeTextIsPersonal: {
    zh: '自由填写的栏目（line、text）须为 personal',
    en: 'fields of free text (line, text) are personal',
  },
  choicesOfChoice: {
    zh: 'choice 须列出选项，其他种类的栏目应为空列表',
    en: 'a choice has choices, other kinds have an empty list',
  },
  noBlock: {
    zh: '应为 {grid}、{text}、{box} 或 {signatures} 之一',
    en: 'must be one of {grid}, {text}, {box}, {signatures}',
  },
  rowOfFields: (most: number): Label => ({ zh: `每行 1 至 ${most} 栏`, en: `1 to ${most} fields in a row` }),
  noField: (id: string): Label => ({ zh: `没有栏目 ${id}`, en: `no such field: ${id}` }),
  otherFieldsInEnglish: { zh: '中英文所用的栏目须相同', en: 'Chinese and English name the same fields' },
  idTaken: { zh: 'number 是文号的标识，栏目不能用', en: 'number stands for the number of the form' },
  notOnPaper: { zh: '栏目未印在文书上', en: 'the field stands nowhere on the paper' },
  notFilledIn: { zh: '必填', en: 'must be filled in' },
  tooLong: (most: number): Label => ({ zh: `不超过 ${most} 字`, en: `at most ${most} characters` }),
  noLine: { zh: '含有不能显示的字符或多余的换行', en: 'holds characters that cannot be seen, or a line break' },
  noLocalTime: { zh: '应为 2026-05-01T09:30 这样的时间', en: 'must be a time like 2026-05-01T09:30' },
} as const;
