import { CompressOutlined, RotateRightOutlined, ZoomInOutlined, ZoomOutOutlined } from '@ant-design/icons';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { useLanguage } from '../../i18n/language.js';
import { ControlButton } from './control-bar.js';
import './player.css';

interface Look {
  readonly zoom: number;
  readonly turns: number;
  readonly x: number;
  readonly y: number;
}

const FIT: Look = { zoom: 1, turns: 0, x: 0, y: 0 };
const MAX_ZOOM = 8;

/** A photograph to be looked at closely: zoomed, moved and turned on screen only. */
export function PhotoView({ url, name }: { url: string; name: string }) {
  const { t } = useLanguage();
  const box = useRef<HTMLDivElement>(null);
  const image = useRef<HTMLImageElement>(null);
  const [look, setLook] = useState(FIT);
  const held = useRef<{ x: number; y: number } | null>(null);
  const zoom = (by: number) =>
    setLook((now) => {
      const next = Math.min(MAX_ZOOM, Math.max(1, now.zoom * by));
      return next === 1 ? { ...now, zoom: 1, x: 0, y: 0 } : { ...now, zoom: next };
    });
  useWheelZoom(box, zoom);
  const move = (event: PointerEvent) => {
    const from = held.current;
    if (!from) return;
    held.current = { x: event.clientX, y: event.clientY };
    setLook((now) => ({ ...now, x: now.x + event.clientX - from.x, y: now.y + event.clientY - from.y }));
  };
  const scale = look.zoom * turnedFit(box.current, image.current, look.turns);
  return (
    <section className="lh-player" data-kind="photo" aria-label={t.player.label}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dragging and double clicks; the buttons below do the same */}
      <div
        ref={box}
        className="lh-screen lh-photo"
        data-zoomed={look.zoom > 1 || undefined}
        onPointerDown={(event) => {
          if (look.zoom === 1) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          held.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={move}
        onPointerUp={() => {
          held.current = null;
        }}
        onDoubleClick={() => setLook((now) => (now.zoom === 1 ? { ...now, zoom: 2.5 } : { ...FIT, turns: now.turns }))}
      >
        <img
          ref={image}
          src={url}
          alt={name}
          draggable={false}
          style={{ transform: `translate(${look.x}px, ${look.y}px) rotate(${look.turns * 90}deg) scale(${scale})` }}
        />
      </div>
      <div className="lh-controls lh-control-row">
        <ControlButton label={t.player.zoomOut} onClick={() => zoom(0.67)}>
          <ZoomOutOutlined />
        </ControlButton>
        <span className="lh-clock">{Math.round(look.zoom * 100)}%</span>
        <ControlButton label={t.player.zoomIn} onClick={() => zoom(1.5)}>
          <ZoomInOutlined />
        </ControlButton>
        <ControlButton label={t.player.fit} onClick={() => setLook({ ...FIT, turns: look.turns })}>
          <CompressOutlined />
        </ControlButton>
        <span className="lh-spring" />
        <ControlButton
          label={t.player.rotate}
          onClick={() => setLook((now) => ({ ...FIT, turns: (now.turns + 1) % 4 }))}
        >
          <RotateRightOutlined />
        </ControlButton>
      </div>
    </section>
  );
}

/** A picture on its side is made to fit the box again. */
function turnedFit(box: HTMLElement | null, image: HTMLImageElement | null, turns: number): number {
  if (!box || !image || turns % 2 === 0 || image.naturalWidth === 0) return 1;
  const { clientWidth: width, clientHeight: height } = box;
  const upright = Math.min(width / image.naturalWidth, height / image.naturalHeight);
  return Math.min(width / image.naturalHeight, height / image.naturalWidth) / upright;
}

/** React listens to wheels passively; holding the page still takes a listener of one's own. */
function useWheelZoom(box: React.RefObject<HTMLElement | null>, zoom: (by: number) => void): void {
  const act = useRef(zoom);
  act.current = zoom;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      act.current(event.deltaY < 0 ? 1.2 : 0.83);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box]);
}
