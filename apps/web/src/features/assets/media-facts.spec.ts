import { mediaFactsOf } from './media-facts.js';

describe('mediaFactsOf', () => {
  it('names codecs, picture and rotation', () => {
    const facts = {
      probe: {
        streams: [
          {
            codec_name: 'h264',
            codec_type: 'video',
            width: 1920,
            height: 1080,
            avg_frame_rate: '30000/1001',
            side_data_list: [{ side_data_type: 'Display Matrix', rotation: -90 }],
          },
          { codec_name: 'aac', codec_type: 'audio' },
        ],
      },
    };
    expect(mediaFactsOf(facts)).toEqual({ codecs: 'h264 + aac', picture: '1920 × 1080 · 29.97 fps', rotation: -90 });
  });

  it('says nothing where the tools said nothing', () => {
    expect(mediaFactsOf({ note: 'x', streams: [null] })).toEqual({ codecs: null, picture: null, rotation: null });
  });
});
