/// <reference types="jest" />

// The light build (no captions, no encryption) ships without types; its interface is that of the whole.
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
