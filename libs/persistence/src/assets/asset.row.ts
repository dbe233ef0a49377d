import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AssetKind, Custody, Level, Place, PlayMode, RenditionKind, UnviewableReason } from '#domain';
import { BIGINT, MAYBE_BIGINT, MAYBE_TEXT, MAYBE_TIME, MAYBE_UUID, TIME } from '../columns.js';
import type { IntakeState, ProxyState, RenditionFile, TailState } from './asset.records.js';

@Entity('assets')
export class AssetRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'unit_id' }) unitId!: string;
  @Column({ type: 'text', name: 'unit_path' }) unitPath!: string;
  @Column({ type: 'uuid', name: 'received_from' }) receivedFrom!: string;
  @Column({ type: 'text', name: 'file_name' }) fileName!: string;
  @Column('text') level!: Level;
  @Column('text') custody!: Custody;
  @Column({ ...MAYBE_TEXT, name: 'quarantine_reason' }) quarantineReason!: string | null;
  @Column('text') viewing!: 'pending' | 'viewable' | 'unviewable';
  @Column({ ...MAYBE_TEXT, name: 'unviewable_reason' }) unviewableReason!: UnviewableReason | null;
  @Column('text') kind!: AssetKind;
  @Column(MAYBE_TEXT) mime!: string | null;
  @Column({ type: 'text', name: 'play_mode' }) playMode!: PlayMode;
  @Column({ type: 'text', name: 'proxy_state', default: 'none' }) proxyState!: ProxyState;
  @Column({ type: 'integer', name: 'proxy_progress', nullable: true }) proxyProgress!: number | null;
  @Column({ ...MAYBE_BIGINT, name: 'duration_ms' }) durationMs!: number | null;
  @Column({ type: 'integer', name: 'page_count', nullable: true }) pageCount!: number | null;
  @Column({ ...MAYBE_BIGINT, name: 'size_bytes' }) sizeBytes!: number | null;
  @Column({ ...MAYBE_TEXT, name: 'object_key' }) objectKey!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'object_version' }) objectVersion!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'block_root' }) blockRoot!: string | null;
  @Column(MAYBE_TEXT) sha256!: string | null;
  @Column(MAYBE_TEXT) sm3!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'declared_sha256' }) declaredSha256!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'device_raw' }) deviceRaw!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'device_source' }) deviceSource!: 'container' | 'exif' | 'sender' | null;
  @Column({ type: 'boolean', name: 'zone_known', default: false }) zoneKnown!: boolean;
  @Column({ ...MAYBE_BIGINT, name: 'offset_ms' }) offsetMs!: number | null;
  @Column({ ...MAYBE_TEXT, name: 'offset_source' }) offsetSource!: string | null;
  @Column({ type: 'jsonb', nullable: true }) place!: Place | null;
  @Column({ type: 'jsonb', default: {}, select: false }) facts!: Record<string, unknown>;
  @Column(TIME) at!: Date;
  @Column({ type: 'text', name: 'at_source' }) atSource!: 'device' | 'received' | 'begun';
  @Column({ ...TIME, name: 'begun_at' }) begunAt!: Date;
  @Column({ ...MAYBE_TIME, name: 'received_at' }) receivedAt!: Date | null;
  @Column({ ...MAYBE_TIME, name: 'sealed_at' }) sealedAt!: Date | null;
  @Column({ ...MAYBE_TIME, name: 'retain_until' }) retainUntil!: Date | null;
  @Column({ ...MAYBE_TEXT, name: 'lock_mode' }) lockMode!: 'COMPLIANCE' | 'GOVERNANCE' | 'none' | null;
  @Column({ type: 'integer', name: 'tool_deaths', default: 0 }) toolDeaths!: number;
  @Column({ type: 'text', name: 'search_text', select: false }) searchText!: string;
}

@Entity('uploads')
export class UploadRow {
  @PrimaryColumn('uuid', { name: 'asset_id' }) assetId!: string;
  @Column({ type: 'integer', default: 0 }) epoch!: number;
  @Column('text') state!: 'open' | 'finished';
  @Column('jsonb') intake!: IntakeState;
  @Column({ ...MAYBE_BIGINT, name: 'length_bytes' }) lengthBytes!: number | null;
  @Column({ ...BIGINT, name: 'stored_bytes', default: 0 }) storedBytes!: number;
  @Column({ type: 'integer', default: 0 }) parts!: number;
  @Column({ type: 'jsonb', nullable: true }) tail!: TailState | null;
  @Column('text') metadata!: string;
  @Column({ ...MAYBE_UUID, name: 'case_id' }) caseId!: string | null;
  @Column({ ...MAYBE_UUID, name: 'occurrence_id' }) occurrenceId!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'paper_id' }) paperId!: string | null;
  @Column({ ...TIME, name: 'expires_at' }) expiresAt!: Date;
  @Column({ ...TIME, name: 'changed_at' }) changedAt!: Date;
}

@Entity('upload_parts')
export class UploadPartRow {
  @PrimaryColumn('uuid', { name: 'asset_id' }) assetId!: string;
  @PrimaryColumn('integer') number!: number;
  @Column({ ...BIGINT, name: 'offset_bytes' }) offsetBytes!: number;
  @Column({ ...BIGINT, name: 'size_bytes' }) sizeBytes!: number;
  @Column('text') etag!: string;
  @Column('bytea') leaves!: Buffer;
}

@Entity('asset_links')
export class AssetLinkRow {
  @PrimaryColumn('uuid', { name: 'asset_id' }) assetId!: string;
  @Column({ ...TIME, name: 'asset_at', select: false }) assetAt!: Date;
  @Column({ type: 'uuid', name: 'case_id' }) caseId!: string;
  @Column({ type: 'uuid', name: 'occurrence_id' }) occurrenceId!: string;
  @Column({ ...MAYBE_BIGINT, name: 'range_start_ms' }) rangeStartMs!: number | null;
  @Column({ ...MAYBE_BIGINT, name: 'range_end_ms' }) rangeEndMs!: number | null;
  @Column({ ...MAYBE_TEXT, name: 'paper_id' }) paperId!: string | null;
  @Column(MAYBE_TEXT) purpose!: string | null;
  @Column({ type: 'uuid', name: 'linked_by' }) linkedBy!: string;
  @Column({ ...TIME, name: 'linked_at' }) linkedAt!: Date;
}

@Entity('renditions')
export class RenditionRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'asset_id' }) assetId!: string;
  @Column('text') kind!: RenditionKind;
  @Column('jsonb') files!: RenditionFile[];
  @Column('text') tool!: string;
  @Column({ type: 'text', name: 'tool_version' }) toolVersion!: string;
  @Column('jsonb') args!: string[];
  @Column({ type: 'text', name: 'from_block_root' }) fromBlockRoot!: string;
  @Column({ ...TIME, name: 'made_at' }) madeAt!: Date;
}

@Entity('cached_segments')
export class CachedSegmentRow {
  @PrimaryColumn('uuid', { name: 'asset_id' }) assetId!: string;
  @PrimaryColumn('integer') n!: number;
  @Column('text') key!: string;
  @Column({ ...MAYBE_TEXT, name: 'version_id' }) versionId!: string | null;
  @Column({ ...BIGINT, name: 'size_bytes' }) sizeBytes!: number;
  @Column({ ...TIME, name: 'used_at' }) usedAt!: Date;
}

@Entity('viewings')
export class ViewingRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'asset_id' }) assetId!: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId!: string;
  @Column({ type: 'uuid', name: 'session_id' }) sessionId!: string;
  @Column({ ...TIME, name: 'opened_at' }) openedAt!: Date;
  @Column({ ...TIME, name: 'last_at' }) lastAt!: Date;
  @Column({ ...MAYBE_TIME, name: 'ended_at' }) endedAt!: Date | null;
  @Column({ ...BIGINT, name: 'served_bytes', default: 0 }) servedBytes!: number;
  @Column({ type: 'jsonb', default: [] }) seen!: { startMs: number; endMs: number }[];
}
