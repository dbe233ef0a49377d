import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BIGINT, TIME } from '../columns.js';

@Entity('events')
export class EventRow {
  @Column({ ...BIGINT, insert: false, update: false }) position!: number;
  @PrimaryColumn('uuid') id!: string;
  @Column('text') chain!: string;
  @Column({ ...BIGINT, name: 'chain_seq' }) chainSeq!: number;
  @Column('text') type!: string;
  @Column(TIME) at!: Date;
  @Column('text') actor!: string;
  @Column('bytea') leaf!: Buffer;
  @Column({ type: 'bytea', name: 'leaf_hash' }) leafHash!: Buffer;
  @Column({ type: 'bytea', name: 'prev_hash', nullable: true }) prevHash!: Buffer | null;
}
