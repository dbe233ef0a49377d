import { useState } from 'react';
import type { Play } from '#contract';
import { canPlayHevc, choosePlayback, type Playback, type SourceFault, sourceOf } from './playback.js';

/** Chooses how to play, and chooses anew when the browser turns out not to play the original after all. */
export function usePlayback(play: Play) {
  const [refused, setRefused] = useState(false);
  const [cut, setCut] = useState(false);
  const playback: Playback = choosePlayback(play, { hevc: canPlayHevc(), originalRefused: refused });
  const onFault = (fault: SourceFault) => {
    if (fault === 'refused' && sourceOf(playback) === 'original') setRefused(true);
    else setCut(true);
  };
  return { playback, source: sourceOf(playback), cut, onFault, forgetCut: () => setCut(false) };
}
