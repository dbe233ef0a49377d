export * from './bag/bag-files.js';
export { collisions, pathProblem } from './bag/bag-path.js';
export type { BagFinding, BagFindingCode, BagReport, FileVerdict, Verdict } from './bag/bag-report.js';
export { verifyBag } from './bag/verify-bag.js';
export {
  BAGIT_TXT,
  baggingDate,
  bagInfoTxt,
  type ManifestEntry,
  manifestPath,
  manifestTxt,
  payloadOxum,
  SM3_MANIFEST_PATH,
  tagManifestPath,
  tagManifestTxt,
} from './bag/write-bag.js';
export { DossierError, type DossierErrorCode, isDossierError } from './dossier-error.js';
export { Sha256, sha256 } from './hash/sha256.js';
export * from './receipt/check-receipt.js';
export { makeTimestampRequest, type TimestampRequest } from './timestamp/request-timestamp.js';
export type { Imprint } from './timestamp/token.js';
export {
  imprintOf,
  type TimestampCheck,
  tokenOf,
  type VerifiedTimestamp,
  verifyTimestamp,
} from './timestamp/verify-timestamp.js';
export { openZip, ZipFiles } from './zip/read-zip.js';
export { writeZip, type ZipInput } from './zip/write-zip.js';
export type { RandomAccess } from './zip/zip-window.js';
