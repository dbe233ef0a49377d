import type { Paper } from './papers.js';
import type { Utterance } from './voice.js';

/**
 * The sample case: one day of 行政处罚普通程序. Nobody in it exists; people are named by their office and the party is a
 * shop without a name.
 */
export const SAMPLE_CASE = {
  procedureId: 'administrative-penalty-ordinary',
  title: '某餐饮店（演示）涉嫌经营超过保质期食品案',
  party: '某餐饮店（演示）',
  address: '演示区样例路1号（演示）',
} as const;

/** The clocks of the recorders stand at China time. */
const ZONE_MINUTES = 480;
const DAY_MS = 86_400_000;

/** The day of the sample case, `2026-11-21` by the clock on the wall. */
export type SampleDay = string;

/** A case that began the day before is in the middle of its clocks: some run, and what must be handed in within a day is just due. */
export function sampleDayBefore(now: Date): SampleDay {
  return new Date(now.getTime() + ZONE_MINUTES * 60_000 - DAY_MS).toISOString().slice(0, 10);
}

export function sampleNumber(day: SampleDay): string {
  return `演执立〔${day.slice(0, 4)}〕1号`;
}

/** `20261121`, as file names have it. */
export function compactDay(day: SampleDay): string {
  return day.replaceAll('-', '');
}

/** `2026年11月21日`, as papers have it. */
function writtenDay(day: SampleDay): string {
  const [year, month, date] = day.split('-').map(Number);
  return `${year}年${month}月${date}日`;
}

export const DEVICE = { body: 'DSJ-A7 000123', room: 'XWS-02 000045', make: 'Liuhen Demo', model: 'DSJ-A7' } as const;
export const PLACE = { latitude: 39.90421, longitude: 116.40739, text: 'N39.9042 E116.4074' } as const;

/** A time of that day, by the clock on the wall. */
export function onTheDay(
  day: SampleDay,
  time: string,
): { readonly utc: string; readonly faceSeconds: number; readonly local: string } {
  const face = Date.parse(`${day}T${time}Z`);
  return {
    utc: new Date(face - ZONE_MINUTES * 60_000).toISOString().replace('.000Z', 'Z'),
    faceSeconds: face / 1_000,
    local: `${day} ${time}`,
  };
}

/** When each was recorded. Between the two clips of the inspection the recorder was off for half a minute. */
export const TIMES = {
  filing: '08:40:00',
  inspection: '09:30:12',
  inspectionGoesOn: '09:31:12',
  photo: '09:48:05',
  interview: '14:05:20',
} as const;

export const INSPECTION_WORDS: readonly Utterance[] = [
  { voice: 'rms', text: 'Good morning. We are enforcement officers. Here are our certificates.' },
  {
    voice: 'rms',
    text: 'We are going to inspect the kitchen and the store room. Sound and picture are being recorded.',
  },
  { voice: 'slt', text: 'Please come in. The kitchen is on this side.' },
  { voice: 'rms', text: 'Do you ask that any of us stand aside from this matter?' },
  { voice: 'slt', text: 'No, I do not.' },
  { voice: 'rms', text: 'Please show us the licence, and the records of purchase for the cooking oil.' },
  { voice: 'slt', text: 'The licence is on the wall. The records are in the office.' },
];

export const SHELF_WORDS: readonly Utterance[] = [
  { voice: 'rms', text: 'The recording goes on. We are at the shelf in the store room.' },
  { voice: 'kal16', text: 'Nine cartons. The date of expiry on this label was the first of September.' },
  { voice: 'rms', text: 'Is this what you use in the kitchen?' },
  { voice: 'slt', text: 'They were left over. They should have been taken away.' },
  { voice: 'rms', text: 'These goods are to be registered and preserved. Here is the list.' },
];

export const INTERVIEW_WORDS: readonly Utterance[] = [
  { voice: 'kal16', text: 'It is five past two in the afternoon. We begin the interview.' },
  { voice: 'kal16', text: 'You must answer truthfully. You may speak in your defence. Have you understood?' },
  { voice: 'slt', text: 'Yes, I have.' },
  { voice: 'kal16', text: 'When were these goods bought?' },
  { voice: 'slt', text: 'In spring. The delivery note is in the folder.' },
];

export const filingPapers = (day: SampleDay): readonly Paper[] => [
  {
    title: '立案审批表',
    number: sampleNumber(day),
    rows: [
      { label: '案由', lines: ['涉嫌经营超过保质期的食品'] },
      { label: '当事人', lines: [SAMPLE_CASE.party] },
      { label: '地址', lines: [SAMPLE_CASE.address] },
      { label: '案件来源', lines: ['日常监督检查'] },
      {
        label: '简要案情',
        lines: [
          '    日常监督检查安排中，发现当事人食品贮存间内',
          '存放的部分食用油、调味料外包装标注的保质期已',
          '届满，且与待用食品混放，涉嫌经营超过保质期的',
          '食品。',
        ],
      },
      {
        label: '立案依据',
        lines: ['《中华人民共和国行政处罚法》第五十四条第二款', '《中华人民共和国食品安全法》第三十四条第十项'],
      },
      { label: '承办意见', lines: ['    建议立案调查。', `    承办人：演示执法人员    ${writtenDay(day)}`] },
      { label: '审批意见', lines: ['    同意立案。', `    ${writtenDay(day)}`] },
    ],
    foot: '第1页 共3页',
  },
  {
    title: '案件来源登记表',
    number: `${sampleNumber(day)} 附件一`,
    rows: [
      { label: '登记时间', lines: [`${writtenDay(day)} 8时40分`] },
      { label: '来源', lines: ['监督检查发现'] },
      {
        label: '线索内容',
        lines: ['    食品贮存间内食品标签所示日期与库存台账不符，', '    需进一步核查进货查验记录。'],
      },
      { label: '处理意见', lines: ['    派两名以上执法人员现场检查，', '    全程音像记录。'] },
    ],
    foot: '第2页 共3页',
  },
  {
    title: '执法人员指派单',
    number: `${sampleNumber(day)} 附件二`,
    rows: [
      { label: '指派事项', lines: ['对当事人经营场所进行现场检查'] },
      { label: '执法人员', lines: ['演示执法人员（甲）、演示执法人员（乙）'] },
      { label: '记录设备', lines: [`执法记录仪 ${DEVICE.body}`] },
      { label: '要求', lines: ['    出示执法证件，告知权利义务；', '    音像记录自进入现场起不间断。'] },
    ],
    foot: '第3页 共3页',
  },
];
