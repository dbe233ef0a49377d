/** What is worth decoding at all; beyond these a file is kept, and shown as too large to be looked at. */
export const IMAGE_MAX_PIXELS = 100_000_000;
export const VIDEO_MAX_SIDE = 8_192;
export const VIDEO_MAX_PIXELS = VIDEO_MAX_SIDE * VIDEO_MAX_SIDE;
export const MAX_STREAMS = 64;
export const MAX_PAGES = 500;
/** The largest page picture: A4 at 110 dpi is 1.2 megapixels, so this is an A1 plan. */
export const PAGE_MAX_PIXELS = 12_000_000;
export const PAGE_DPI = 110;

/** Renditions of what plays by itself may cost this share of the original, but small files are let have the floor. */
export const RENDITION_SHARE = 0.05;
export const RENDITION_FLOOR_BYTES = 64 * 1024;
