import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { barsOf, type Peaks } from './waveform-bars.js';

interface Props {
  readonly peaks: Peaks;
  readonly currentMs: number;
  readonly durationMs: number;
  readonly onSeek: (ms: number) => void;
  readonly tall?: boolean;
}

const BAR = 2;
const STEP = 3;

/** The sound as it rises and falls; a click goes there. The seek bar beside it serves keys and readers. */
export function Waveform({ peaks, currentMs, durationMs, onSeek, tall = false }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!canvas.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(canvas.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, width, peaks, durationMs > 0 ? currentMs / durationMs : 0);
  }, [peaks, width, currentMs, durationMs]);
  const seek = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    onSeek(((event.clientX - box.left) / box.width) * durationMs);
  };
  return <canvas ref={canvas} className={`lh-wave ${tall ? 'lh-wave-tall' : ''}`} onPointerDown={seek} />;
}

function draw(canvas: HTMLCanvasElement, width: number, peaks: Peaks, played: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const dense = window.devicePixelRatio || 1;
  const height = canvas.clientHeight;
  canvas.width = Math.round(width * dense);
  canvas.height = Math.round(height * dense);
  context.scale(dense, dense);
  const style = getComputedStyle(canvas);
  const before = style.getPropertyValue('--lh-wave-played');
  const after = style.getPropertyValue('--lh-wave-rest');
  for (const [i, level] of barsOf(peaks, Math.floor(width / STEP)).entries()) {
    const x = i * STEP;
    const tall = Math.max(2, level * (height - 4));
    context.fillStyle = x / width < played ? before : after;
    context.fillRect(x, (height - tall) / 2, BAR, tall);
  }
}
