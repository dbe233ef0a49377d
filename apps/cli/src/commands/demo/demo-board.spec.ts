import { type AssetView } from '#contract';
import { standingOf } from './demo-board.js';

/** Only what a standing is read from. */
function anAsset(given: {
  custody: AssetView['custody'];
  viewing?: AssetView['viewing'];
  mode?: AssetView['play']['mode'];
  proxyState?: AssetView['play']['proxyState'];
}): AssetView {
  const { custody, viewing = { state: 'viewable' }, mode = 'native', proxyState = 'none' } = given;
  return {
    custody,
    viewing,
    quarantineReason: null,
    play: { mode, proxyState, proxyProgress: 40 },
  } as unknown as AssetView;
}

describe('standingOf', () => {
  it('is done only when sealed and to be looked at', () => {
    expect(standingOf(anAsset({ custody: 'sealed' })).kind).toBe('done');
    expect(standingOf(anAsset({ custody: 'received' })).kind).toBe('moving');
    expect(standingOf(anAsset({ custody: 'sealed', viewing: { state: 'pending' } })).kind).toBe('moving');
  });

  it('waits for the conversion of what no browser plays, and says how far it is', () => {
    const making = standingOf(anAsset({ custody: 'sealed', mode: 'proxy', proxyState: 'making' }));
    expect(making).toMatchObject({ kind: 'moving', text: expect.stringContaining('40 %') });
    expect(standingOf(anAsset({ custody: 'sealed', mode: 'proxy', proxyState: 'ready' })).kind).toBe('done');
    expect(standingOf(anAsset({ custody: 'sealed', mode: 'proxy', proxyState: 'failed' })).kind).toBe('wrong');
  });

  it('calls nothing well that is quarantined or cannot be looked at', () => {
    expect(standingOf(anAsset({ custody: 'quarantined' })).kind).toBe('wrong');
    expect(standingOf(anAsset({ custody: 'sealed', viewing: { state: 'unviewable', reason: 'corrupt' } })).kind).toBe(
      'wrong',
    );
  });
});
