export * from './bag/bag-files.js';
export { collisions, pathProblem } from './bag/bag-path.js';
export type { BagFinding, BagFindingCode, BagReport, FileVerdict, Verdict } from './bag/bag-report.js';
export { bagInside } from './bag/top-folder.js';
export { type BagOptions, verifyBag } from './bag/verify-bag.js';
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
export { type BlockHash, StreamedHash } from './hash/block-hash.js';
export { SHA_256, sha256 } from './hash/sha256.js';
export * from './layout/dossier-files.js';
export { howTo } from './layout/how-to.js';
export { type RenditionRecipe, recipeBytes, renditionList } from './layout/rendition-list.js';
export * from './layout/write-dossier.js';
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
export type {
  DossierFinding,
  DossierItem,
  DossierReason,
  DossierReport,
  ItemKind,
  StampedTime,
} from './verify/dossier-report.js';
export { DOSSIER_TEXT, type DossierText, ITEM_TEXT, VERDICT_TEXT } from './verify/dossier-words.js';
export type { DossierIndex, IndexedAsset, IndexedRendition } from './verify/read-index.js';
export {
  fingerprintOf,
  type KeyFingerprints,
  policyOf,
  policyText,
  readFingerprints,
  type TrustedKeys,
} from './verify/trust.js';
export {
  type DossierCheck,
  type DossierHashes,
  type DossierStage,
  verifyDossier,
} from './verify/verify-dossier.js';
export type { LeafOfBlock } from './verify/watch-originals.js';
export { ArrivingZip, type FilePlace, type FilePlaces } from './zip/arriving-zip.js';
export type { Crc32Of } from './zip/crc32.js';
export { openZip, ZipFiles } from './zip/read-zip.js';
export { writeZip, type ZipInput } from './zip/write-zip.js';
export { type PlannedEntry, ZipLayout, type ZipPiece } from './zip/zip-layout.js';
export type { RandomAccess } from './zip/zip-window.js';
