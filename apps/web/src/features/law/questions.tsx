import { Segmented } from 'antd';
import type { StatedCondition } from '#contract';
import { useStateCondition } from '../../api/law.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { timeText } from '../../i18n/quantities.js';

interface Props {
  readonly caseId: string;
  readonly conditions: readonly StatedCondition[];
  readonly mayEdit: boolean;
}

/** Facts an officer states, those first that something hangs on. */
export function Questions({ caseId, conditions, mayEdit }: Props) {
  const owed = conditions.filter(({ isOwed }) => isOwed);
  const rest = conditions.filter(({ isOwed }) => !isOwed);
  return (
    <ul className="lh-questions">
      {[...owed, ...rest].map((condition) => (
        <Question
          key={`${condition.conditionId}-${condition.occurrenceId}`}
          caseId={caseId}
          condition={condition}
          mayEdit={mayEdit}
        />
      ))}
    </ul>
  );
}

function Question({ caseId, condition, mayEdit }: Omit<Props, 'conditions'> & { condition: StatedCondition }) {
  const { t, label } = useLanguage();
  const { conditionId, occurrenceId, title, source, holds, statements, isOwed } = condition;
  const last = statements.at(-1);
  return (
    <li data-owed={isOwed || undefined}>
      <div>
        <span>{label(title)}</span>
        <small className="lh-muted">
          {last ? t.law.stated(last.by.name, timeText(last.statedAt)) : source}
          {statements.length > 1 && ` · ${t.law.changes(statements.length - 1)}`}
        </small>
      </div>
      {mayEdit ? (
        <YesNo {...{ caseId, conditionId, occurrenceId, holds }} words={label(title)} />
      ) : (
        <span>{holds === null ? t.law.unstated : holds ? t.law.yes : t.law.no}</span>
      )}
    </li>
  );
}

interface AnswerProps {
  readonly caseId: string;
  readonly conditionId: string;
  readonly occurrenceId: string | null;
  readonly holds: boolean | null;
  readonly words: string;
}

/** Yes, no, or neither yet; what is chosen is stated at once. */
export function YesNo({ caseId, conditionId, occurrenceId, holds, words }: AnswerProps) {
  const { t } = useLanguage();
  const state = useStateCondition(caseId);
  const asked = state.isPending ? state.variables.holds : holds;
  return (
    <>
      <Segmented<string>
        size="small"
        aria-label={words}
        disabled={state.isPending}
        value={asked === null ? '' : asked ? 'yes' : 'no'}
        options={[
          { value: 'yes', label: t.law.yes },
          { value: 'no', label: t.law.no },
        ]}
        onChange={(value) => state.mutate({ conditionId, occurrenceId, holds: value === 'yes' })}
      />
      {state.isError && <ErrorNotice error={state.error} />}
    </>
  );
}
