import { FileDoneOutlined, FileTextOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useNavigate } from 'react-router';
import type { AssetView } from '#contract';
import { useLanguage } from '../../i18n/language.js';

/** There is a receipt from the last byte on. */
export function ReceiptLinks({ asset }: { asset: AssetView }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  if (asset.clocks.receivedAt === null) return null;
  return (
    <div className="lh-row">
      <Button icon={<FileDoneOutlined />} onClick={() => void navigate(`/assets/${asset.id}/receipt`)}>
        {t.asset.receiptOpen}
      </Button>
      <Button
        icon={<FileTextOutlined />}
        href={`/api/v1/assets/${asset.id}/receipt`}
        download={`receipt-${asset.id}.json`}
      >
        {t.asset.receiptJson}
      </Button>
    </div>
  );
}
