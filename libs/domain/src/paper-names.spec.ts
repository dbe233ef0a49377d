import { paperNamedIn } from './paper-names.js';
import type { ProcedureStep } from './procedure.js';

const paper = (id: string, zh: string) => ({
  id,
  title: { zh, en: id },
  need: 'always',
  numbered: false,
  served: false,
});
const step = { papers: [paper('record', '现场检查笔录'), paper('list', '物品清单')] } as unknown as ProcedureStep;

describe('the paper that a file name tells', () => {
  it.each([
    ['现场检查笔录.pdf', 'record'],
    ['20260301 现场检查笔录（第二次） 扫描.jpg', 'record'],
    ['物品清单', 'list'],
    ['现场检查笔录和物品清单.pdf', null],
    ['现场检查.pdf', null],
    ['现场检查笔录.MP4', null],
    ['现场检查笔录.wav', null],
    ['', null],
  ])('%s: %s', (fileName, paperId) => {
    expect(paperNamedIn(fileName, step)).toBe(paperId);
  });
});
