import type { FormSummary } from '#contract';
import { Tag, type Tone } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';

const STATE_TONE: Record<FormSummary['state'], Tone> = { draft: 'accent', issued: 'good', voided: 'plain' };

/** How a form stands: issued or not, printed, and whether paper says the same. */
export function FormTags({ form }: { form: FormSummary }) {
  const { t } = useLanguage();
  const { state, print, compared } = form;
  return (
    <>
      <Tag tone={STATE_TONE[state]}>{t.forms.states[state]}</Tag>
      {(print === 'owed' || print === 'failed') && state === 'issued' && (
        <Tag tone={print === 'failed' ? 'alarm' : 'accent'}>{t.forms.print[print]}</Tag>
      )}
      {compared !== 'none' && <Tag tone={compared === 'agrees' ? 'good' : 'alarm'}>{t.forms.compared[compared]}</Tag>}
    </>
  );
}
