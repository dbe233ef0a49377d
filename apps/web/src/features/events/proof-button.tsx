import { FileProtectOutlined } from '@ant-design/icons';
import { App, Button, Tooltip } from 'antd';
import { useState } from 'react';
import type { EventView } from '#contract';
import { ApiFailure } from '../../api/client.js';
import { proofOf } from '../../api/ledger.js';
import { useLanguage } from '../../i18n/language.js';
import { saveText } from '../receipts/save-text.js';

/** The proof that the log has this event, as a file to be kept. */
export function ProofButton({ event }: { event: EventView }) {
  const { t, label } = useLanguage();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      saveText(t.events.proofFile(event.type, event.chainSeq), await proofOf(event.leaf));
    } catch (error) {
      const failure = error instanceof ApiFailure ? error : new ApiFailure('unexpected', 0);
      const isPending = failure.code === 'ledger-pending' || failure.code === 'not-found';
      void message.warning(isPending ? t.events.proofPending : label(failure.words));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Tooltip title={t.events.proofHint}>
      <Button
        type="link"
        size="small"
        className="lh-event-proof"
        icon={<FileProtectOutlined />}
        loading={busy}
        onClick={() => void save()}
      >
        {t.events.proof}
      </Button>
    </Tooltip>
  );
}
