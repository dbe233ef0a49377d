export * from './filesystem-object-store.js';
export { keys } from './keys.js';
export * from './object-store.js';
export * from './s3-object-store.js';
