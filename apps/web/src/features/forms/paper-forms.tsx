import { FormOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useForms } from '../../api/forms.js';
import { useLanguage } from '../../i18n/language.js';
import { FormDialog } from './form-dialog.js';
import { FormTags } from './form-tags.js';
import './forms.css';

interface Props {
  readonly caseId: string;
  readonly occurrenceId: string;
  readonly paperId: string;
  readonly title: string;
  readonly mayEdit: boolean;
}

/** The forms of one paper of a step, small, and a way to make another. */
export function PaperForms({ caseId, occurrenceId, paperId, title, mayEdit }: Props) {
  const { t } = useLanguage();
  const forms = useForms(caseId);
  const [shown, setShown] = useState<string | 'new' | null>(null);
  const own = (forms.data?.items ?? []).filter(
    (form) => form.occurrenceId === occurrenceId && form.paperId === paperId,
  );
  return (
    <span className="lh-paper-forms">
      {own.map((form) => (
        <span key={form.id}>
          <Button type="link" size="small" aria-label={t.forms.open(title)} onClick={() => setShown(form.id)}>
            {form.number ?? t.forms.states[form.state]}
          </Button>
          <FormTags form={form} />
        </span>
      ))}
      {mayEdit && (
        <Button
          type="link"
          size="small"
          icon={<FormOutlined />}
          aria-label={t.forms.makeOf(title)}
          onClick={() => setShown('new')}
        >
          {t.forms.make}
        </Button>
      )}
      {shown !== null && (
        <FormDialog
          caseId={caseId}
          occurrenceId={occurrenceId}
          paperId={paperId}
          formId={shown === 'new' ? undefined : shown}
          onClose={() => setShown(null)}
        />
      )}
    </span>
  );
}
