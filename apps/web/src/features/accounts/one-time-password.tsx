import { Modal } from 'antd';
import { CopyButton } from '../../components/copy-text.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

interface Props {
  readonly login: string;
  readonly password: string;
  readonly onClose: () => void;
}

/** Shown once and nowhere kept: closed only by its own button. */
export function OneTimePassword({ login, password, onClose }: Props) {
  useReturnFocus();
  const { t } = useLanguage();
  return (
    <Modal
      open
      title={t.accounts.oneTimeTitle}
      okText={t.app.close}
      closable={false}
      keyboard={false}
      mask={{ closable: false }}
      cancelButtonProps={{ hidden: true }}
      onOk={onClose}
    >
      <p>
        {t.app.says(t.accounts.login)}
        <code>{login}</code>
      </p>
      <p className="lh-one-time">
        <code>{password}</code>
        <CopyButton text={password} />
      </p>
      <p className="lh-muted">{t.accounts.oneTimeHint}</p>
    </Modal>
  );
}
