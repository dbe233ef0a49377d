import { clock, type Lettering, letters } from './drawing.js';
import type { Scene } from './scenes.js';

export const FRAME_RATE = 25;

export interface Burned {
  /** The clock's own face at the first picture, as seconds since 1970. */
  readonly wallClockSeconds: number;
  readonly device: string;
  readonly officer: string;
  readonly place: string;
}

/** The filter graph that draws a scene once. */
export function stillGraph(scene: Scene): string {
  const canvas = `color=c=${scene.background}:s=${scene.width}x${scene.height}`;
  // A little blur takes the hard edge off drawn things; the grain is laid on later, picture by picture.
  return `${[canvas, ...scene.things, 'gblur=sigma=1.2'].join(',')}`;
}

/** Somebody in the picture, without a face: a shape with transparent surroundings. */
export function personGraph(width: number, height: number, colour: { r: number; g: number; b: number }): string {
  const head = `gt(${ellipse(0.5, 0.1, 0.17, 0.09)},0)`;
  const trunk = `gt(${ellipse(0.5, 0.4, 0.44, 0.24)},0)`;
  const legs = 'between(abs(X/W-0.5),0.02,0.3)*between(Y/H,0.5,1)';
  const channel = (skin: number, cloth: number): string => `'if(${head},${skin}-50*(X/W),${cloth}+26*(X/W))'`;
  return (
    `color=c=black:s=${width}x${height},format=rgba,` +
    `geq=r=${channel(205, colour.r)}:g=${channel(170, colour.g)}:b=${channel(145, colour.b)}` +
    `:a='255*gt(${head}+${trunk}+${legs},0)',gblur=sigma=1.5`
  );
}

function ellipse(x: number, y: number, rx: number, ry: number): string {
  return `(1-pow((X/W-${x})/${rx},2)-pow((Y/H-${y})/${ry},2))`;
}

/** One picture shown for ever, decoded once. */
function held(input: number, format: 'yuv420p' | 'yuva420p', name: string): string {
  return `[${input}:v]format=${format},loop=loop=-1:size=1:start=0,settb=1/${FRAME_RATE},setpts=N[${name}];`;
}

/** Where the camera stands over the scene and where the person is in it; expressions of the time `t` in seconds. */
export interface Walk {
  readonly x: string;
  readonly y: string;
  readonly personX: string;
  readonly personY: string;
}

/** A body-worn camera: it walks and breathes. Inputs: still, person. */
export function wanderGraph(size: { width: number; height: number }, { x, y, personX, personY }: Walk): string {
  const cut = `[still]crop=${size.width}:${size.height}:x='${x}':y='${y}'[seen]`;
  const person = `[seen][person]overlay=x='(${personX})-(${x})':y='(${personY})-(${y})'`;
  return `${held(0, 'yuv420p', 'still')}${held(1, 'yuva420p', 'person')}${cut};${[person, ...lens()].join(',')}`;
}

/** A fixed recorder looking at two people at a table. Inputs: room, two people, table. */
export function roomGraph(size: { width: number; height: number }): string {
  return [
    held(0, 'yuv420p', 'room'),
    held(1, 'yuva420p', 'a'),
    held(2, 'yuva420p', 'b'),
    held(3, 'yuv420p', 'table'),
    `[room][a]overlay=x='190+5*sin(t*0.9)':y='200+3*sin(t*2.1)'[one];`,
    `[one][b]overlay=x='520+6*sin(t*0.7+1)':y='196+4*sin(t*1.6)'[two];`,
    `[two][table]overlay=150:480,scale=${size.width}:${size.height},${lens().join(',')}`,
  ].join('');
}

/** Grain, falling light at the edges, and the small changes of a camera that keeps setting its exposure. */
function lens(): string[] {
  return [
    `eq=brightness='0.015*sin(t*0.8)':contrast=1.04:eval=frame`,
    'vignette=a=PI/5',
    'noise=alls=6:allf=t:all_seed=7',
  ];
}

/** What recorders write over the picture (GB/T 43228 asks for time and device number). */
export function burnIn({ wallClockSeconds, device, officer, place }: Burned, pictureHeight: number): string {
  const size = Math.round(pictureHeight / 24);
  const style = (x: Lettering['x'], y: Lettering['y']): Lettering => ({ x, y, size, border: 2 });
  const edge = Math.round(size * 0.8);
  return [
    clock(wallClockSeconds, style(edge, edge)),
    letters(device, style(`w-tw-${edge}`, edge)),
    letters(officer, style(edge, `h-th-${edge}`)),
    letters(place, style(`w-tw-${edge}`, `h-th-${edge}`)),
    letters('● REC', { ...style(edge, edge * 2 + size), colour: '0xff4040', when: 'lt(mod(t,1.2),0.7)' }),
  ].join(',');
}
