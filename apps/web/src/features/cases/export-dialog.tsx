import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Form, Modal, Progress } from 'antd';
import type { ExportView } from '#contract';
import type { RenditionKind } from '#domain';
import { dossierAddress, isBeingMade, useBeginExport, useExports } from '../../api/cases.js';
import { useLedgerKeys } from '../../api/ledger.js';
import { Digest } from '../../components/copy-text.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { KeyFingerprint } from '../../components/key-fingerprint.js';
import { ReasonField } from '../../components/reason-field.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, timeText } from '../../i18n/quantities.js';

interface Values {
  readonly reason: string;
  readonly renditions?: RenditionKind[];
}

/** What people look at; indexes and waveforms are for programs. */
const OFFERED = ['proxy', 'pages', 'text', 'preview', 'poster', 'storyboard'] as const satisfies RenditionKind[];

/** Asks for a dossier, shows how far it is, and lets it be taken. Closing it stops nothing. */
export function ExportDialog({ caseId, onClose }: { caseId: string; onClose: () => void }) {
  useReturnFocus();
  const { t } = useLanguage();
  const [form] = Form.useForm<Values>();
  const exports = useExports(caseId);
  const begin = useBeginExport(caseId);
  const items = exports.data?.items ?? [];
  const isReady = items.some(({ state }) => state === 'ready');
  const keys = useLedgerKeys(isReady);
  const submit = (asked: Values) => begin.mutate(asked, { onSuccess: () => form.resetFields() });
  const kinds = OFFERED.map((kind) => ({ value: kind, label: t.asset.renditionKinds[kind] }));
  return (
    <Modal
      open
      title={t.export.title}
      okText={t.export.begin}
      cancelText={t.app.cancel}
      okButtonProps={{ disabled: items.some(isBeingMade) }}
      confirmLoading={begin.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="lh-muted">{t.export.hint}</p>
      <Form<Values> form={form} layout="vertical" onFinish={submit}>
        <ReasonField label={t.export.reason} hint={t.case.reasonLogged} />
        <Form.Item name="renditions" label={t.export.renditions} extra={t.export.renditionsHint}>
          <Checkbox.Group options={kinds} />
        </Form.Item>
      </Form>
      {(begin.error ?? exports.error) && <ErrorNotice error={begin.error ?? exports.error} />}
      {items.map((item) => (
        <ExportLine key={item.id} item={item} />
      ))}
      {isReady && keys.data && (
        <Alert
          type="info"
          showIcon
          title={t.export.sendKey}
          description={
            <>
              <Digest value={keys.data.vkey} />
              <KeyFingerprint vkey={keys.data.vkey} />
            </>
          }
        />
      )}
    </Modal>
  );
}

function ExportLine({ item }: { item: ExportView }) {
  const { t } = useLanguage();
  const percent = item.totalBytes === 0 ? 0 : Math.floor((100 * item.doneBytes) / item.totalBytes);
  return (
    <div className="lh-gap-below">
      <p className="lh-muted">
        {timeText(item.askedAt)} · {t.export.state[item.state]}
      </p>
      {isBeingMade(item) && <Progress percent={percent} status="active" aria-label={t.export.state[item.state]} />}
      {item.state === 'ready' && (
        <>
          <Button icon={<DownloadOutlined />} href={dossierAddress(item)} download>
            {t.export.take(sizeText(item.sizeBytes ?? 0))}
          </Button>
          <p className="lh-muted">{t.export.asOf(timeText(item.askedAt))}</p>
        </>
      )}
      {item.hasLists === false && <Alert type="warning" showIcon title={t.export.noLists} />}
      {item.failure && (
        <Alert
          type="error"
          showIcon
          title={t.export.failed}
          description={<a href={`/assets/${item.failure.assetId}`}>{t.export.failedAsset}</a>}
        />
      )}
    </div>
  );
}
