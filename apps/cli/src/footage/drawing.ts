/** Small words for ffmpeg filter graphs, so that a scene reads as a list of things in it. */

export const SANS = 'Noto Sans CJK SC';
export const SERIF = 'Noto Serif CJK SC';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A filled rectangle. */
export function box({ x, y, w, h }: Box, colour: string): string {
  return `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:c=${colour}:t=fill`;
}

/** Only the edge of a rectangle. */
export function frame({ x, y, w, h }: Box, colour: string, thickness = 3): string {
  return `drawbox=x=${x}:y=${y}:w=${w}:h=${h}:c=${colour}:t=${thickness}`;
}

export interface Lettering {
  readonly x: number | string;
  readonly y: number | string;
  readonly size: number;
  readonly colour?: string;
  readonly font?: string;
  readonly border?: number;
  /** A filter expression that says when the text is shown. */
  readonly when?: string;
  readonly lineSpacing?: number;
}

/** Text as it stands: nothing in it is expanded. */
export function letters(text: string, style: Lettering): string {
  return `drawtext=${lettering(style)}:expansion=none:text=${quoted(text)}`;
}

/**
 * A running clock as recorders burn it in.
 * @param wallClockSeconds the time shown at the first picture, as seconds since 1970 read off that clock's own face
 */
export function clock(wallClockSeconds: number, style: Lettering): string {
  const text = `%{pts:gmtime:${wallClockSeconds}:%Y-%m-%d %H\\:%M\\:%S}`;
  return `drawtext=${lettering(style)}:text=${quoted(text)}`;
}

function lettering({ x, y, size, colour = 'white', font = SANS, border = 0, when, lineSpacing }: Lettering): string {
  const parts = [
    `font=${quoted(font)}`,
    `x=${quoted(String(x))}`,
    `y=${quoted(String(y))}`,
    `fontsize=${size}`,
    `fontcolor=${colour}`,
    `borderw=${border}`,
    `bordercolor=black@0.8`,
  ];
  if (when !== undefined) parts.push(`enable=${quoted(when)}`);
  if (lineSpacing !== undefined) parts.push(`line_spacing=${lineSpacing}`);
  return parts.join(':');
}

/**
 * A value inside a filter graph passes two readers, the graph's and the filter's ("Notes on filtergraph escaping" in
 * ffmpeg-filters): escaped for the inner one first, then for the outer.
 */
function quoted(value: string): string {
  const inner = value.replace(/[\\':]/g, (sign) => `\\${sign}`);
  return inner.replace(/[\\'[\],;]/g, (sign) => `\\${sign}`);
}
