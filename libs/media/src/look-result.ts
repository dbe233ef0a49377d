import type { AssetKind, Place, PlayMode, Viewing } from '#domain';
import type { ExifFacts } from './exif.js';
import type { Sniff } from './file-type.js';
import type { Unviewable } from './probe.js';
import type { MediaFacts, RawProbe } from './probe-facts.js';
import type { Rendition } from './rendition.js';
import type { ContainerTime } from './times.js';

export interface LookInput {
  /** The original on this machine; read only. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Existing, empty and the caller's: renditions are written here and named relative to it. */
  readonly outputDir: string;
  readonly signal?: AbortSignal | undefined;
  /** Share of the work done, 0 to 1; for papers by page, else by rendition. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Something a viewer should be told although there is something to view. */
export type LookWarning =
  /** The container claims more bytes than the file has. */
  | 'cut-short'
  /** The storyboard would have cost more than renditions of playable footage may. */
  | 'storyboard-dropped'
  /** The sound could not be decoded; no waveform. */
  | 'no-peaks'
  /** Some pages could not be drawn (`missingPages`). */
  | 'pages-missing'
  /** More than 500 pages; the rest were not drawn. */
  | 'pages-limited';

export interface LookResult {
  readonly sniff: Sniff;
  readonly kind: AssetKind;
  readonly playMode: PlayMode;
  /** Content type a browser should be told when it plays the original itself; null otherwise. */
  readonly playMime: string | null;
  readonly viewing: Exclude<Viewing, { state: 'pending' }>;
  /** ffprobe's and EXIF's words as they came. */
  readonly raw: { readonly probe: RawProbe | null; readonly exif: ExifFacts['raw'] | null };
  readonly facts: MediaFacts | null;
  /** What the device claims: every time it wrote, the place, and its own name. */
  readonly times: readonly ContainerTime[];
  readonly place: Place | null;
  readonly device: MediaFacts['device'] | null;
  readonly pageCount: number | null;
  readonly missingPages: readonly number[];
  readonly renditions: readonly Rendition[];
  readonly warnings: readonly LookWarning[];
  /** What tools said, for operators. */
  readonly detail: string | null;
}

/** What the three ways of looking find out; the rest of LookResult is filled in with nothing. */
export type Finding = Partial<Omit<LookResult, 'sniff' | 'viewing'>> & {
  readonly unviewable?: Unviewable['unviewable'];
};
