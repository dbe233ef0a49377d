import type {
  AssetKind,
  Custody,
  Id,
  Level,
  MediaRange,
  Place,
  PlayMode,
  RenditionKind,
  UnviewableReason,
} from '#domain';

/** An intake of the object store, as kept between requests. */
export interface IntakeState {
  readonly key: string;
  readonly handle: string;
  readonly partBlocks: number;
}

export interface TailState {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly key: string;
  /** Leaf hashes of the tail's blocks, base64, 32 bytes each; the last block may be short. */
  readonly leaves: string;
}

/** Whether a proxy is wanted, and how far it is. */
export type ProxyState = 'none' | 'owed' | 'making' | 'ready' | 'failed';

export interface RenditionFile {
  /** Name inside the rendition; also the last part of its address. */
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Key in the media area, and the version there where the store has versions. */
  readonly key: string;
  readonly versionId: string | null;
}

export interface AssetRecord {
  readonly id: Id;
  readonly unitId: Id;
  readonly unitPath: string;
  readonly receivedFrom: Id;
  readonly fileName: string;
  readonly level: Level;
  readonly custody: Custody;
  readonly quarantineReason: string | null;
  readonly viewing: 'pending' | 'viewable' | 'unviewable';
  readonly unviewableReason: UnviewableReason | null;
  readonly kind: AssetKind;
  readonly mime: string | null;
  readonly playMode: PlayMode;
  readonly proxyState: ProxyState;
  readonly proxyProgress: number | null;
  readonly durationMs: number | null;
  readonly pageCount: number | null;
  readonly sizeBytes: number | null;
  readonly objectKey: string | null;
  readonly objectVersion: string | null;
  readonly blockRoot: string | null;
  readonly sha256: string | null;
  readonly sm3: string | null;
  readonly declaredSha256: string | null;
  readonly deviceRaw: string | null;
  readonly deviceSource: 'container' | 'exif' | 'sender' | null;
  readonly zoneKnown: boolean;
  readonly offsetMs: number | null;
  readonly offsetSource: string | null;
  readonly place: Place | null;
  /** The time the asset is ordered by: device time corrected, else receipt, else the begin of the upload. */
  readonly at: Date;
  readonly atSource: 'device' | 'received' | 'begun';
  readonly begunAt: Date;
  readonly receivedAt: Date | null;
  readonly sealedAt: Date | null;
  readonly retainUntil: Date | null;
  readonly lockMode: 'COMPLIANCE' | 'GOVERNANCE' | 'none' | null;
  /** Workers that died while their tools had the original, since tools last ended by themselves. */
  readonly toolDeaths: number;
}

export interface UploadRecord {
  readonly assetId: Id;
  /** Rises with each writer: what an overtaken writer still tries to record is refused. */
  readonly epoch: number;
  readonly state: 'open' | 'finished';
  readonly intake: IntakeState;
  readonly lengthBytes: number | null;
  readonly storedBytes: number;
  readonly parts: number;
  readonly tail: TailState | null;
  /** `Upload-Metadata` as sent. */
  readonly metadata: string;
  readonly caseId: Id | null;
  readonly occurrenceId: Id | null;
  /** Which paper of the step it is, as the sender says. */
  readonly paperId: string | null;
  readonly expiresAt: Date;
  readonly changedAt: Date;
}

export interface UploadPartRecord {
  readonly number: number;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly etag: string;
  /** 32 bytes a block. */
  readonly leaves: Buffer;
}

export interface AssetLinkRecord {
  readonly assetId: Id;
  readonly caseId: Id;
  readonly occurrenceId: Id;
  readonly range: MediaRange | null;
  /** Which paper of the step it is; null: none of them. */
  readonly paperId: string | null;
  readonly purpose: string | null;
  readonly linkedBy: Id;
  readonly linkedAt: Date;
}

/** A link as it is shown. */
export interface AssetLinkDetail extends AssetLinkRecord {
  readonly caseNumber: string;
  readonly stepId: string;
}

export interface RenditionRecord {
  readonly id: Id;
  readonly assetId: Id;
  readonly kind: RenditionKind;
  readonly files: readonly RenditionFile[];
  readonly tool: string;
  readonly toolVersion: string;
  readonly args: readonly string[];
  /** Block root of the original it was made from; with the size it names the bytes. */
  readonly fromBlockRoot: string;
  readonly madeAt: Date;
}

export interface CachedSegmentRecord {
  readonly assetId: Id;
  readonly n: number;
  readonly key: string;
  readonly versionId: string | null;
  readonly sizeBytes: number;
  readonly usedAt: Date;
}

export interface ViewingRecord {
  readonly id: Id;
  readonly assetId: Id;
  readonly accountId: Id;
  readonly sessionId: Id;
  readonly openedAt: Date;
  readonly lastAt: Date;
  readonly endedAt: Date | null;
  readonly servedBytes: number;
  readonly seen: readonly MediaRange[];
}
