import { FileTextOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useNavigate } from 'react-router';
import { CopyButton } from '../../components/copy-text.js';
import { useLanguage } from '../../i18n/language.js';
import { mirrorCommands } from './mirror-commands.js';

/** Where anyone reads the log, and how to keep a copy of it. */
export function PublicLog({ signedSize }: { signedSize: number }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const commands = mirrorCommands(`${window.location.origin}/log`, signedSize).join('\n');
  return (
    <section className="lh-block" aria-labelledby="public-log">
      <h2 id="public-log">{t.ledger.public}</h2>
      <p className="lh-muted lh-gap-below">{t.ledger.publicHint}</p>
      <div className="lh-row lh-gap-below">
        <Button icon={<FileTextOutlined />} href="/log/checkpoint" target="_blank">
          {t.ledger.checkpoint}
        </Button>
        <Button icon={<SafetyCertificateOutlined />} onClick={() => void navigate('/receipts/check')}>
          {t.ledger.checkReceipt}
        </Button>
      </div>
      <h3 className="lh-mirror-head">
        {t.ledger.mirror}
        <CopyButton text={commands} />
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className="lh-mirror" tabIndex={0}>
        {commands}
      </pre>
      <p className="lh-muted">{t.ledger.mirrorHint}</p>
    </section>
  );
}
