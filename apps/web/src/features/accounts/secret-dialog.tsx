import { Modal } from 'antd';
import type { CreatedAccount } from '../../api/people.js';
import { CopyButton } from '../../components/copy-text.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { dateText } from '../../i18n/quantities.js';

interface Props {
  readonly created: CreatedAccount;
  readonly onClose: () => void;
}

/** The one-time password of a person, the token of a station: shown once and nowhere kept, closed only by its own button. */
export function SecretDialog({ created: { account, oneTimePassword, stationToken }, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  const secret = stationToken?.token ?? oneTimePassword ?? '';
  return (
    <Modal
      open
      title={stationToken ? t.accounts.tokenTitle : t.accounts.oneTimeTitle}
      okText={t.app.close}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      cancelButtonProps={{ hidden: true }}
      onOk={onClose}
    >
      <p>
        {t.app.says(t.accounts.login)}
        <code>{account.login}</code>
      </p>
      <p className="lh-one-time">
        <code>{secret}</code>
        <CopyButton text={secret} />
      </p>
      <p className="lh-muted">
        {stationToken ? t.accounts.tokenHint(dateText(stationToken.expiresAt)) : t.accounts.oneTimeHint}
      </p>
    </Modal>
  );
}
