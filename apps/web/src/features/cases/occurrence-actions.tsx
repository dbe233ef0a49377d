import { CheckOutlined, EditOutlined, PlayCircleOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import type { ChangeOccurrence } from '#contract';
import { useAddOccurrence, useChangeOccurrence } from '../../api/cases.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';
import { OccurrenceDialog } from './occurrence-dialog.js';
import type { StepStanding } from './step-standing.js';

interface Props {
  readonly caseId: string;
  readonly standing: StepStanding;
  readonly onChoose: (occurrenceId: string) => void;
}

/** Starting and finishing take the server's present as their time, not this computer's; the dialog corrects it. */
export function OccurrenceActions({ caseId, standing, onChoose }: Props) {
  const { t } = useLanguage();
  const { step, occurrence, law, mayRepeat } = standing;
  const mayNot = step.kind === 'decision' && law.beginning.length + law.deciding.length > 0;
  const change = useChangeOccurrence(caseId);
  const add = useAddOccurrence(caseId);
  const [editing, setEditing] = useState(false);
  const put = (body: ChangeOccurrence) => change.mutate({ id: occurrence.id, change: body });
  const addAgain = () =>
    add.mutate(step.id, {
      onSuccess: (updated) => {
        const comings = updated.occurrences?.filter(({ stepId }) => stepId === step.id) ?? [];
        const latest = comings.sort((a, b) => b.n - a.n)[0];
        if (latest) onChoose(latest.id);
      },
    });
  return (
    <div className="lh-panel-actions">
      {occurrence.state === 'waiting' && (
        <Button
          type="primary"
          icon={<PlayCircleOutlined />}
          disabled={mayNot}
          loading={change.isPending}
          onClick={() => put({ state: 'open' })}
        >
          {t.case.start}
        </Button>
      )}
      {occurrence.state === 'open' && (
        <Button
          type="primary"
          icon={<CheckOutlined />}
          disabled={mayNot}
          loading={change.isPending}
          onClick={() => put({ state: 'done' })}
        >
          {t.case.finish}
        </Button>
      )}
      <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>
        {t.case.edit}
      </Button>
      {mayRepeat && (
        <Button icon={<PlusOutlined />} loading={add.isPending} onClick={addAgain}>
          {t.case.addAgain}
        </Button>
      )}
      {editing && <OccurrenceDialog caseId={caseId} standing={standing} onClose={() => setEditing(false)} />}
      {(change.error ?? add.error) !== null && <ErrorNotice error={change.error ?? add.error} />}
    </div>
  );
}
