export * from './block-ranges.js';
export * from './blocks.js';
export * from './checkpoints.js';
export { decodeBase64, decodeHash, encodeBase64, type TextInput } from './encoding.js';
export * from './entries.js';
export * from './errors.js';
export {
  formatVerifierKey,
  isSameKey,
  makeVerifierKey,
  parseVerifierKey,
  SIGNATURE_TYPE,
  type SignatureType,
  type VerifierKey,
} from './keys.js';
export * from './log-proofs.js';
export * from './merkle.js';
export * from './notes.js';
export * from './policies.js';
export * from './proof-making.js';
export * from './proofs.js';
export * from './signatures.js';
export * from './tile-hashes.js';
export * from './tiles.js';
export * from './trusted-checkpoints.js';
export * from './witnessing.js';
