import { Modal } from 'antd';
import { useLanguage } from '../../i18n/language.js';

export function KeyboardHelp({
  open,
  onClose,
  items = false,
}: {
  open: boolean;
  onClose: () => void;
  items?: boolean;
}) {
  const { t } = useLanguage();
  const { keys } = t.player;
  const rows: [string, string][] = [
    ['Space / K', keys.toggle],
    ['← / →', keys.jump5],
    ['J / L', keys.jump10],
    [', / .', keys.frame],
    ['Home / End', keys.ends],
    ['< / >', keys.speed],
    ['M', keys.mute],
    ['F', keys.fullscreen],
    ...(items ? [['P / N', keys.items] as [string, string]] : []),
    ['?', keys.help],
  ];
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t.player.help} width={420}>
      <dl className="lh-keys">
        {rows.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
