import {
  type Procedure,
  type ProcedureStep,
  RECORDING_DETAILS,
  type RecordingDetails,
  type RecordingDuty,
} from './procedure.js';
import {
  ACT_WORDS,
  BETWEEN_CONDITIONS,
  DUTY_WORDS,
  LIST_COLUMNS,
  type ListColumnKey,
} from './recording-list-columns.js';

/** 音像记录事项清单 as rows of text, the names of the columns first. What must not be recorded has no row. */
export function recordingList(procedure: Procedure): string[][] {
  const rows = procedure.steps.flatMap((step) => rowsOf(procedure, step));
  const names = LIST_COLUMNS.map(({ zh }) => zh);
  return [
    names,
    ...rows.map((row, i) => LIST_COLUMNS.map(({ key }) => (key === 'n' ? String(i + 1) : (row[key] ?? '')))),
  ];
}

type ListRow = { readonly [K in ListColumnKey]?: string };

function rowsOf(procedure: Procedure, step: ProcedureStep): ListRow[] {
  const { recording } = step;
  const frame: ListRow = {
    act: ACT_WORDS[procedure.act],
    procedure: procedure.title.zh,
    step: step.title.zh,
    from: recording.from?.zh ?? '',
    to: recording.to?.zh ?? '',
    fromEn: recording.from?.en ?? '',
    toEn: recording.to?.en ?? '',
    stepId: step.id,
  };
  const row = (duty: RecordingDuty, when: string, source: string, details: RecordingDetails = {}): ListRow => ({
    ...{ ...frame, duty: DUTY_WORDS[duty].zh, when, source },
    ...Object.fromEntries(RECORDING_DETAILS.map((name) => [name, details[name] ?? ''])),
  });
  const hasBase = recording.duty !== 'none' || recording.details !== undefined;
  return [
    ...(hasBase ? [row(recording.duty, '', step.source, recording.details)] : []),
    ...recording.raised.map(({ duty, when, source, details }) =>
      row(duty, when.map((id) => nameOfCondition(procedure, id)).join(BETWEEN_CONDITIONS), source, details),
    ),
  ];
}

/** By its Chinese title where that says which one is meant, else by its id. */
function nameOfCondition({ conditions }: Procedure, id: string): string {
  const title = conditions.find((one) => one.id === id)?.title.zh ?? '';
  const isPlain = title.trim() === title && title !== '' && !title.includes(BETWEEN_CONDITIONS);
  const isOnly = conditions.filter((one) => one.title.zh === title || one.id === title).length === 1;
  return isPlain && isOnly ? title : id;
}
