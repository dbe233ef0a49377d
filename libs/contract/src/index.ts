export * from './assets.js';
export * from './cases.js';
export * from './findings.js';
export * from './ledger.js';
export * from './people.js';
export * from './primitives.js';
export * from './replay.js';
export * from './system.js';
