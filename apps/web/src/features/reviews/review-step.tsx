import { AuditOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useCaseReviews } from '../../api/reviews.js';
import { useLanguage } from '../../i18n/language.js';
import { ReviewDialog } from './review-dialog.js';
import { ReviewStatus } from './review-status.js';
import './reviews.css';

/** Inside a step of legal review on the page of a case: how it stands, and the way to submit it. */
export function ReviewStep({ caseId, occurrenceId }: { caseId: string; occurrenceId: string }) {
  const { t } = useLanguage();
  const reviews = useCaseReviews(caseId);
  const [open, setOpen] = useState(false);
  if (!reviews.data) return null;
  return (
    <div className="lh-row lh-review-in-step">
      <ReviewStatus reviews={reviews.data} occurrenceId={occurrenceId} />
      <Button icon={<AuditOutlined />} onClick={() => setOpen(true)}>
        {t.reviews.submit.button}
      </Button>
      {open && <ReviewDialog caseId={caseId} onClose={() => setOpen(false)} />}
    </div>
  );
}
