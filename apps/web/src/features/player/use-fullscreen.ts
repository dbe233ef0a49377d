import { type RefObject, useCallback, useEffect, useState } from 'react';

export function useFullscreen(frame: RefObject<HTMLElement | null>): { full: boolean; toggleFull: () => void } {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null && document.fullscreenElement === frame.current);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, [frame]);
  const toggleFull = useCallback(() => {
    // Refused where the page may not; the player is usable without.
    const done = document.fullscreenElement ? document.exitFullscreen() : frame.current?.requestFullscreen();
    done?.catch(() => undefined);
  }, [frame]);
  return { full, toggleFull };
}
