import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '#domain';
import { MAYBE_TIME, MAYBE_UUID, TIME } from '../columns.js';

@Entity('units')
export class UnitRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  @Column({ ...MAYBE_UUID, name: 'parent_id' }) parentId!: string | null;
  @Column('text') path!: string;
  @Column({ ...TIME, name: 'valid_from' }) validFrom!: Date;
  @Column({ ...MAYBE_TIME, name: 'valid_until' }) validUntil!: Date | null;
}

@Entity('accounts')
export class AccountRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') login!: string;
  @Column('text') name!: string;
  @Column({ type: 'text', name: 'password_hash' }) passwordHash!: string;
  @Column({ type: 'text', array: true }) roles!: Role[];
  @Column({ type: 'uuid', name: 'unit_id' }) unitId!: string;
  @Column({ type: 'boolean', default: false }) disabled!: boolean;
  @Column({ type: 'boolean', name: 'must_change_password', default: false }) mustChangePassword!: boolean;
  @Column({ ...TIME, name: 'created_at' }) createdAt!: Date;
}

@Entity('sessions')
export class SessionRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'bytea', name: 'token_hash' }) tokenHash!: Buffer;
  @Column({ type: 'uuid', name: 'account_id' }) accountId!: string;
  @Column({ ...TIME, name: 'created_at' }) createdAt!: Date;
  @Column({ ...TIME, name: 'last_seen_at' }) lastSeenAt!: Date;
  @Column({ ...TIME, name: 'expires_at' }) expiresAt!: Date;
  @Column({ ...MAYBE_TIME, name: 'ended_at' }) endedAt!: Date | null;
}
