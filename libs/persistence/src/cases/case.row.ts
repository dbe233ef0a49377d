import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CaseCheckCause, CaseState, Level, OccurrenceState, Procedure } from '#domain';
import { MAYBE_TEXT, MAYBE_TIME, MAYBE_UUID, TIME } from '../columns.js';

@Entity('procedures')
export class ProcedureRow {
  @PrimaryColumn('text') id!: string;
  @PrimaryColumn('integer') version!: number;
  @Column({ type: 'text', select: false }) file!: string;
  @Column('jsonb') body!: Procedure;
  @Column('text') sha256!: string;
  @Column({ ...TIME, name: 'kept_at', default: () => 'now()' }) keptAt!: Date;
  @Column({ ...MAYBE_UUID, name: 'kept_by' }) keptBy!: string | null;
}

@Entity('cases')
export class CaseRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'unit_id' }) unitId!: string;
  @Column({ type: 'text', name: 'unit_path' }) unitPath!: string;
  @Column('text') number!: string;
  @Column('text') title!: string;
  @Column('text') level!: Level;
  @Column('text') state!: CaseState;
  @Column({ type: 'text', name: 'procedure_id' }) procedureId!: string;
  @Column({ type: 'integer', name: 'procedure_version' }) procedureVersion!: number;
  @Column({ type: 'uuid', name: 'opened_by' }) openedBy!: string;
  @Column({ ...TIME, name: 'opened_at' }) openedAt!: Date;
  @Column({ ...TIME, name: 'changed_at' }) changedAt!: Date;
  @Column({ type: 'integer', name: 'asset_count', default: 0 }) assetCount!: number;
  @Column({ ...MAYBE_TIME, name: 'closed_at' }) closedAt!: Date | null;
  @Column({ ...MAYBE_TIME, name: 'originals_check_asked_at' }) originalsCheckAskedAt!: Date | null;
  @Column({ ...MAYBE_TEXT, name: 'originals_check_cause' }) originalsCheckCause!: CaseCheckCause | null;
  @Column({ ...MAYBE_TIME, name: 'originals_checked_at' }) originalsCheckedAt!: Date | null;
  @Column({ ...MAYBE_TIME, name: 'lines_owed_at', select: false }) linesOwedAt!: Date | null;
  @Column({ type: 'text', name: 'search_text', select: false }) searchText!: string;
}

@Entity('step_occurrences')
export class OccurrenceRow {
  @PrimaryColumn('uuid') id!: string;
  @Column({ type: 'uuid', name: 'case_id' }) caseId!: string;
  @Column({ type: 'text', name: 'step_id' }) stepId!: string;
  @Column('integer') n!: number;
  @Column('text') state!: OccurrenceState;
  @Column({ ...MAYBE_TIME, name: 'started_at' }) startedAt!: Date | null;
  @Column({ ...MAYBE_TIME, name: 'ended_at' }) endedAt!: Date | null;
  @Column(MAYBE_TEXT) address!: string | null;
}
