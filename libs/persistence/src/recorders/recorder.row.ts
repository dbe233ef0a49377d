import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClockSource } from '#domain';
import { MAYBE_BIGINT, MAYBE_TEXT, MAYBE_TIME, MAYBE_UUID, TIME } from '../columns.js';

@Entity('recorders')
export class RecorderRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'unit_id' }) unitId!: string;
  @Column({ type: 'text', name: 'unit_path' }) unitPath!: string;
  @Column('text') kind!: 'recorder' | 'dock';
  @Column('text') serial!: string;
  @Column({ type: 'text', name: 'serial_key', select: false }) serialKey!: string;
  @Column('text') maker!: string;
  @Column('text') model!: string;
  @Column('text') state!: 'in-use' | 'faulty' | 'retired';
  @Column({ ...TIME, name: 'added_at' }) addedAt!: Date;
}

@Entity('recorder_issues')
export class RecorderIssueRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'recorder_id' }) recorderId!: string;
  @Column({ type: 'uuid', name: 'account_id' }) accountId!: string;
  @Column({ ...MAYBE_TEXT, name: 'officer_number' }) officerNumber!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'officer_number_key', select: false }) officerNumberKey!: string | null;
  @Column({ ...TIME, name: 'issued_at' }) issuedAt!: Date;
  @Column({ type: 'uuid', name: 'issued_by' }) issuedBy!: string;
  @Column({ ...MAYBE_TIME, name: 'returned_at' }) returnedAt!: Date | null;
  @Column({ ...MAYBE_UUID, name: 'returned_by' }) returnedBy!: string | null;
  @Column(MAYBE_TEXT) note!: string | null;
}

@Entity('recorder_checks')
export class RecorderCheckRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'recorder_id' }) recorderId!: string;
  @Column('text') kind!: 'check' | 'fault' | 'repair';
  @Column('boolean') passed!: boolean;
  @Column(MAYBE_TEXT) findings!: string | null;
  @Column(TIME) at!: Date;
  @Column({ type: 'uuid', name: 'checked_by' }) checkedBy!: string;
}

@Entity('recorder_clocks')
export class RecorderClockRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'recorder_id' }) recorderId!: string;
  @Column(TIME) at!: Date;
  @Column({ ...TIME, name: 'device_at' }) deviceAt!: Date;
  @Column('text') source!: ClockSource;
  @Column({ type: 'boolean', name: 'was_set' }) wasSet!: boolean;
  @Column({ ...MAYBE_UUID, name: 'asset_id' }) assetId!: string | null;
  @Column({ ...MAYBE_BIGINT, name: 'position_ms' }) positionMs!: number | null;
  @Column({ type: 'uuid', name: 'measured_by' }) measuredBy!: string;
  @Column({ ...TIME, name: 'recorded_at' }) recordedAt!: Date;
}

@Entity('asset_sources')
export class AssetSourceRow {
  @PrimaryColumn('uuid', { name: 'asset_id' }) assetId!: string;
  @Column({ ...TIME, name: 'asset_at', select: false }) assetAt!: Date;
  @Column({ ...MAYBE_UUID, name: 'recorder_id' }) recorderId!: string | null;
  @Column(MAYBE_TEXT) device!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'device_key', select: false }) deviceKey!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'officer_number' }) officerNumber!: string | null;
  @Column({ ...MAYBE_UUID, name: 'officer_id' }) officerId!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'named_time' }) namedTime!: string | null;
  @Column({ ...MAYBE_TEXT, name: 'file_time' }) fileTime!: string | null;
  @Column({ type: 'integer', nullable: true }) sequence!: number | null;
  @Column({ type: 'boolean', name: 'is_key_marked' }) isKeyMarked!: boolean;
  @Column({ ...MAYBE_TEXT, name: 'rule_id' }) ruleId!: string | null;
  @Column({ type: 'integer', name: 'rule_version', nullable: true }) ruleVersion!: number | null;
  @Column({ ...MAYBE_UUID, name: 'clock_id' }) clockId!: string | null;
  @Column({ ...MAYBE_UUID, name: 'stated_by' }) statedBy!: string | null;
}
