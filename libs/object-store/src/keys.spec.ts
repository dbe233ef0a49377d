import { keys } from './keys.js';

const asset = '0190aaaa-0000-7000-8000-000000000000';

describe('object keys', () => {
  it('gives every attempt to upload a key of its own, in the UTC month of receipt', () => {
    const at = new Date('2026-11-30T23:59:59.999Z');
    const first = keys.original(asset, at);
    expect(first).toMatch(new RegExp(`^originals/2026/11/${asset}-[0-9a-f]{16}$`));
    expect(keys.original(asset, at)).not.toBe(first);
  });

  it('gives every tail a key of its own under its upload', () => {
    const first = keys.tail('originals/2026/11/x', 1_048_576);
    expect(first).toMatch(/^originals\/2026\/11\/x\/tail-1048576-[0-9a-f]{16}$/);
    expect(keys.tail('originals/2026/11/x', 1_048_576)).not.toBe(first);
    expect(first.startsWith(keys.tails('originals/2026/11/x'))).toBe(true);
  });

  it('builds renditions and segments under their prefixes', () => {
    expect(keys.rendition(asset, 'r1', 'hls/0001.m4s')).toBe(`renditions/${asset}/r1/hls/0001.m4s`);
    expect(keys.renditions(asset)).toBe(`renditions/${asset}/`);
    expect(keys.renditions(asset, 'r1')).toBe(`renditions/${asset}/r1/`);
    expect(keys.segment(asset, 'v1', '7.m4s')).toBe(`segments/${asset}/v1/7.m4s`);
    expect(keys.segments()).toBe('segments/');
    expect(keys.segments(asset)).toBe(`segments/${asset}/`);
  });

  it.each(['../../etc/passwd', 'a/../b', '.hidden', '/abs', 'a//b', 'a\0', '案卷'])(
    'refuses a file name like %j',
    (file) => {
      expect(() => keys.rendition(asset, 'r1', file)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
    },
  );
});
