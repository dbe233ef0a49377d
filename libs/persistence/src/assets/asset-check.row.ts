import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CheckFacts, CheckResult, Copy } from '#domain';
import { MAYBE_TEXT, MAYBE_TIME, TIME } from '../columns.js';

@Entity('asset_checks')
export class AssetCheckRow {
  @PrimaryColumn('uuid', { name: 'asset_id' }) assetId!: string;
  @PrimaryColumn('text', { default: 'original' }) copy!: Copy;
  @Column(MAYBE_TEXT) result!: CheckResult | null;
  @Column({ type: 'text', array: true, default: [] }) also!: CheckResult[];
  @Column({ type: 'jsonb', default: {} }) facts!: CheckFacts;
  @Column(TIME) since!: Date;
  @Column({ ...MAYBE_TIME, name: 'checked_at' }) checkedAt!: Date | null;
  @Column({ ...TIME, name: 'due_at' }) dueAt!: Date;
}
