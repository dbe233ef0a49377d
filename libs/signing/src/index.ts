export * from './algorithms.js';
export { type CheckpointAnswer, SignerClient, type SignerClientOptions } from './signer-client.js';
export * from './signer-protocol.js';
export * from './signing-error.js';
export * from './socket-paths.js';
export * from './witness-client.js';
