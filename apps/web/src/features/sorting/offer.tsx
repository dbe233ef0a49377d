import { App, Button } from 'antd';
import { Link } from 'react-router';
import type { ProposalView } from '#contract';
import { useAcceptProposals } from '../../api/recorders.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useLanguage } from '../../i18n/language.js';

interface Props {
  readonly assetId: string;
  readonly proposal: ProposalView;
  readonly isFirst: boolean;
}

/** A step that fits, with the reasons in words; one click ties the material to it. */
export function Offer({ assetId, proposal, isFirst }: Props) {
  const { t, label } = useLanguage();
  const { message } = App.useApp();
  const accept = useAcceptProposals();
  const { caseId, caseNumber, occurrenceId, step, reasons, isClear } = proposal;
  const take = () =>
    accept.mutate(
      { items: [{ assetId, occurrenceId }] },
      {
        onSuccess: ({ items: [result] }) => {
          if (result?.error) message.warning(label(result.error));
          else message.success(t.sorting.accepted(1));
        },
      },
    );
  return (
    <div className="lh-offer">
      <div>
        <Link to={`/cases/${caseId}?step=${occurrenceId}`}>
          {label(step)} · {caseNumber}
        </Link>
        <p className="lh-muted">{reasons.map(label).join(t.sorting.between)}</p>
      </div>
      <Button
        size="small"
        type={isFirst && isClear ? 'primary' : 'default'}
        loading={accept.isPending}
        aria-label={`${t.sorting.accept} ${label(step)} ${caseNumber}`}
        onClick={take}
      >
        {t.sorting.accept}
      </Button>
      {accept.isError && <ErrorNotice error={accept.error} />}
    </div>
  );
}
