import { App, Button, Checkbox, Form, Modal, Select } from 'antd';
import type { CaseView, ClosingObstacles } from '#contract';
import { CLOSING_MANNERS, type ClosingManner } from '#domain';
import { useCloseCase, useClosingObstacles } from '../../api/cases.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { ReasonField } from '../../components/reason-field.js';
import { Tag } from '../../components/tag.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { FaultList } from '../law/fault-list.js';

interface Values {
  readonly manner: ClosingManner;
  readonly reason: string;
  readonly despite?: boolean;
}

type Obstacle = ClosingObstacles['items'][number];

interface Props {
  readonly subject: CaseView;
  readonly onChoose: (occurrenceId: string) => void;
  readonly onClose: () => void;
}

/** How and why, once nothing stands in the way; else what does, each by its name. */
export function CloseCaseDialog({ subject, onChoose, onClose }: Props) {
  useReturnFocus();
  const caseId = subject.id;
  const { t } = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const obstacles = useClosingObstacles(caseId);
  const close = useCloseCase(caseId);
  const items = obstacles.data?.items ?? [];
  const quarantined = items.filter(({ kind }) => kind === 'quarantined');
  const knows = Form.useWatch('despite', form) === true;
  const faults = obstacles.data?.faults ?? [];
  const mayClose =
    obstacles.isSuccess && faults.length === 0 && items.every(({ kind }) => kind === 'quarantined' && knows);
  const goTo = (occurrenceId: string) => {
    onClose();
    // Once the dialog has gone and given the focus back.
    setTimeout(() => onChoose(occurrenceId));
  };
  const submit = ({ manner, reason }: Values) =>
    close.mutate(
      { manner, reason, despite: quarantined.map(({ assetId }) => assetId) },
      {
        onSuccess: () => {
          message.success(t.closing.done);
          onClose();
        },
        onError: () => void obstacles.refetch(),
      },
    );
  return (
    <Modal
      open
      title={t.closing.title}
      okText={t.closing.confirm}
      cancelText={t.app.cancel}
      okButtonProps={{ disabled: !mayClose, danger: true }}
      confirmLoading={close.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted">{t.closing.hint}</p>
      {items.length > 0 && <Obstacles items={items} onAgain={() => void obstacles.refetch()} />}
      {faults.length > 0 && (
        <section className="lh-obstacles" aria-label={t.law.closing}>
          <strong>{t.law.closing}</strong>
          <FaultList faults={faults} place={{ subject, here: null, onChoose: goTo }} />
        </section>
      )}
      <Form<Values> form={form} layout="vertical" onFinish={submit}>
        {quarantined.length > 0 && (
          <Form.Item name="despite" valuePropName="checked">
            <Checkbox>{t.closing.despite(quarantined.length)}</Checkbox>
          </Form.Item>
        )}
        <Form.Item name="manner" label={t.closing.manner} rules={[{ required: true, message: t.closing.mannerNeeded }]}>
          <Select
            options={CLOSING_MANNERS.map((value) => ({ value, label: t.closing.manners[value] }))}
            virtual={false}
          />
        </Form.Item>
        <ReasonField label={t.closing.reason} hint={t.case.reasonLogged} />
      </Form>
      {(close.error ?? obstacles.error) && <ErrorNotice error={close.error ?? obstacles.error} />}
    </Modal>
  );
}

function Obstacles({ items, onAgain }: { items: readonly Obstacle[]; onAgain: () => void }) {
  const { t } = useLanguage();
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  return (
    <section className="lh-obstacles" aria-label={t.closing.obstacles}>
      <div className="lh-row">
        <strong>{t.closing.obstacles}</strong>
        <Button size="small" onClick={onAgain}>
          {t.closing.again}
        </Button>
      </div>
      <ul>
        {items.map(({ kind, assetId, fileName, from }) => (
          <li key={assetId} data-kind={kind}>
            <Tag tone={kind === 'quarantined' ? 'alarm' : 'warn'}>{t.closing.kinds[kind]}</Tag>
            {kind === 'unfinished-upload' ? <span>{fileName}</span> : <a href={`/assets/${assetId}`}>{fileName}</a>}
            <span className="lh-muted">{t.closing.from(from)}</span>
          </li>
        ))}
      </ul>
      {kinds.map((kind) => (
        <p key={kind} className="lh-muted">
          {t.closing.hints[kind]}
        </p>
      ))}
    </section>
  );
}
