import { sniffBytes } from './sniff.js';

const latin = (text: string, padding = 64) => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(padding, 1)]);

describe('sniff', () => {
  it.each([
    ['\0\0\0\x20ftypisom', 'video/mp4', 'mov'],
    ['\0\0\0\x14ftypqt  ', 'video/quicktime', 'mov'],
    ['\0\0\0\x20ftypM4A ', 'audio/mp4', 'mov'],
    ['\0\0\0\x18ftyp3gp4', 'video/3gpp', 'mov'],
    ['\0\0\0\x08wide\0\0\0\0mdat', 'video/quicktime', 'mov'],
    ['RIFF\x10\0\0\0AVI LIST', 'video/x-msvideo', 'avi'],
    ['RIFF\x10\0\0\0WAVEfmt ', 'audio/wav', 'wav'],
    ['\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm', 'video/webm', 'matroska'],
    ['\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska', 'video/x-matroska', 'matroska'],
    ['\0\0\x01\xba\x44', 'video/mpeg', 'mpeg'],
    ['IMKH\x01\x01', 'video/mpeg', 'mpeg'],
    ['DHAV\xfd', 'video/x-dahua', 'dhav'],
    ['FLV\x01\x05', 'video/x-flv', 'flv'],
    ['OggS\0\x02', 'audio/ogg', 'ogg'],
    ['fLaC\0\0', 'audio/flac', 'flac'],
    ['#!AMR\n', 'audio/amr', 'amr'],
    ['\xff\xd8\xff\xe1', 'image/jpeg', 'jpeg_pipe'],
    ['\x89PNG\r\n\x1a\n', 'image/png', 'png_pipe'],
    ['GIF89a', 'image/gif', 'gif'],
    ['II*\0', 'image/tiff', 'tiff_pipe'],
    ['MM\0*', 'image/tiff', 'tiff_pipe'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp', 'webp_pipe'],
    ['%PDF-1.7\n', 'application/pdf', null],
  ])('knows %j as %s', (head, mime, demuxer) => {
    const found = sniffBytes(latin(head));
    expect(found).toMatchObject({ mime, demuxer });
    expect(found.reason).toBeUndefined();
  });

  it('finds transport packets with and without time stamps, and wants more than one', () => {
    const packets = (first: number, step: number) => {
      const bytes = Buffer.alloc(step * 6, 0xaa);
      for (let at = first; at < bytes.length; at += step) bytes[at] = 0x47;
      return bytes;
    };
    expect(sniffBytes(packets(0, 188)).demuxer).toBe('mpegts');
    expect(sniffBytes(packets(4, 192)).demuxer).toBe('mpegts');
    expect(sniffBytes(packets(0, 1_000)).demuxer).toBeNull();
  });

  it('takes an MPEG or ADTS frame only when another follows it', () => {
    const frames = (header: readonly number[], lengthBytes: number, second: readonly number[]) => {
      const bytes = Buffer.alloc(lengthBytes * 2, 0x55);
      bytes.set(header, 0);
      bytes.set(second, lengthBytes);
      return bytes;
    };
    // MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes. ADTS of 256 bytes.
    const mp3 = [0xff, 0xfb, 0x90, 0x00];
    const adts = [0xff, 0xf1, 0x50, 0x80, 0x20, 0x1f, 0xfc];
    expect(sniffBytes(frames(mp3, 417, mp3)).mime).toBe('audio/mpeg');
    expect(sniffBytes(frames(adts, 256, adts)).mime).toBe('audio/aac');
    expect(sniffBytes(frames(mp3, 417, [0, 0])).reason).toBe('unknown-format');
  });

  it.each([
    '#EXTM3U\n#EXTINF:1,\n/etc/passwd\n',
    '\uFEFF#EXTM3U\n',
    '\n\n  #EXTM3U\n',
    'ffconcat version 1.0\nfile other.mp4\n',
    "file '/etc/passwd'\n",
    '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
    'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n',
    'concat:/etc/passwd|/etc/group',
    'http://127.0.0.1/x',
  ])('refuses a list of other files: %j', (text) => {
    expect(sniffBytes(Buffer.from(text))).toMatchObject({ reason: 'refused', demuxer: null });
  });

  it.each([
    ['', 'empty'],
    ['\0'.repeat(5_000), 'corrupt'],
    ['plain words, in no format', 'unknown-format'],
    ['PK\x03\x04\x14\0\x06\0[Content_Types].xml', 'unknown-format'],
    ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'unknown-format'],
    ['\x13\x37\xbe\xef\x9c\x01\x88', 'unknown-format'],
    ['\0\0\0\x1cftypheic', 'no-tool'],
  ])('says why nothing is made of %j', (bytes, reason) => {
    expect(sniffBytes(Buffer.from(bytes, 'latin1'))).toMatchObject({ reason, demuxer: null });
  });
});
