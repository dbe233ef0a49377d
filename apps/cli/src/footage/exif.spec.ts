import exifr from 'exifr';
import { withExif } from './exif.js';

const TINY = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);

it('is read by an EXIF reader as it was meant', async () => {
  const photo = withExif(TINY, {
    make: 'Liuhen Demo',
    model: 'DSJ-A7',
    takenAt: '2025:10:16 09:33:05',
    zone: '+08:00',
    orientation: 6,
    latitude: 39.90421,
    longitude: -116.40739,
  });
  const tags = await exifr.parse(photo, { translateValues: false, reviveValues: false, gps: true, exif: true });
  expect(tags).toMatchObject({
    Make: 'Liuhen Demo',
    Model: 'DSJ-A7',
    Orientation: 6,
    DateTimeOriginal: '2025:10:16 09:33:05',
    OffsetTimeOriginal: '+08:00',
  });
  expect(tags.latitude).toBeCloseTo(39.90421, 4);
  expect(tags.longitude).toBeCloseTo(-116.40739, 4);
  expect(photo.subarray(-2)).toEqual(TINY.subarray(2));
});
