export * from './blocks.js';
export * from './merkle.js';
