import { MAX_LISTED, readListedFiles } from './recorder-list.js';

const ZONE = 480;
const one = (row: Record<string, unknown>) => readListedFiles([row], ZONE)[0];

describe('a list of files', () => {
  it.each<[string, Record<string, unknown>]>([
    [
      'a dock in Chinese',
      {
        文件名称: 'a.mp4',
        '文件大小(字节)': '1,024',
        录制开始时间: '2026/11/21 8:00:01',
        设备编号: 'D1',
        警号: '012',
        重点: '是',
      },
    ],
    [
      'a platform',
      {
        FileName: 'D:\\x\\a.mp4',
        FileSize: 1024,
        RecordTime: '20261121080001',
        DeviceID: 'D1',
        UserCode: '012',
        CameraImp: 1,
      },
    ],
    [
      'a spreadsheet',
      {
        '\uFEFFfile_name': ' a.mp4 ',
        size_bytes: '1024',
        'start time': '2026-11-21 08:00:01',
        serial: 'D1',
        officer: '012',
        key: 'Y',
      },
    ],
  ])('of %s says the same', (_, row) => {
    expect(one(row)).toMatchObject({
      ...{ fileName: 'a.mp4', sizeBytes: 1024, device: 'D1', officer: '012', isKeyMarked: true },
      recordedAt: new Date('2026-11-21T00:00:01Z'),
    });
  });

  it.each([
    ['a rounded size', { name: 'a', size: '1.2 MB' }, { sizeBytes: null }],
    ['a time that is none', { name: 'a', time: '上午' }, { recordedAt: null, recordedRaw: '上午' }],
    ['the 31st of November', { name: 'a', time: '2026-11-31 08:00:00' }, { recordedAt: null }],
    ['nothing but a name', { name: 'a' }, { device: null, officer: null, recordedAt: null, isKeyMarked: false }],
  ])('keeps %s for what it is', (_, row, expected) => {
    expect(one(row)).toMatchObject(expected);
  });

  it.each([
    ['no rows', []],
    ['too many', Array.from({ length: MAX_LISTED + 1 }, () => ({ name: 'a' }))],
    ['a row without a name', [{ name: 'a' }, { name: '' }]],
    ['a folder', [{ path: 'D:\\x\\' }]],
  ])('is refused: %s', (_, rows) => {
    expect(() => readListedFiles(rows, ZONE)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it('names every row that is wrong', () => {
    try {
      readListedFiles([{ name: '' }, { name: 'a' }, { other: 'b' }], ZONE);
      throw new Error('was taken');
    } catch (error) {
      const { problems } = (error as { details: { problems: string[] } }).details;
      expect(problems.map((problem) => problem.slice(0, 5))).toEqual(
        ['第 1 行', '第 3 行'].map((text) => text.slice(0, 5)),
      );
    }
  });
});
