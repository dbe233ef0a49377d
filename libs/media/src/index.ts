export { type ExifFacts, readExif } from './exif.js';
export type { Demuxer, Sniff } from './file-type.js';
export { drawForm } from './forms/draw-form.js';
export { parseSegmentIndex, type Segment, type SegmentIndex } from './key-frames.js';
export { type DrawnList, drawLists } from './lists/draw-lists.js';
export { findListFonts } from './lists/list-fonts.js';
export { look } from './look.js';
export type { LookInput, LookResult, LookWarning } from './look-result.js';
export { withOutputDir } from './output-dir.js';
export type { Peaks } from './peaks.js';
export { playModeOf } from './play-mode.js';
export { isUnviewable, type Probe, type ProbeRequest, probe, type Unviewable } from './probe.js';
export type { AudioFacts, MediaFacts, RawProbe, VideoFacts } from './probe-facts.js';
export { makeProxy, type ProxyRequest } from './proxy.js';
export type { Rendition, RenditionFile } from './rendition.js';
export {
  createSandbox,
  DEFAULT_LIMITS,
  type Sandbox,
  type SandboxMode,
  type SandboxOptions,
  type ToolRun,
} from './sandbox.js';
export type { Limits } from './sandbox-arguments.js';
export { probeSandbox, type SandboxFindings } from './sandbox-probe.js';
export { makeSegments, type SegmentFile, type SegmentRequest, type SegmentResult } from './segments.js';
export { sniff, sniffBytes } from './sniff.js';
export type { ToolExit, ToolProgress } from './supervise.js';
export type { ContainerTime } from './times.js';
export { INPUT, OUTPUT, type Provenance, type ToolName } from './tools.js';
