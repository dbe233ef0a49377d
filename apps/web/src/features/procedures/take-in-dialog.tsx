import { UploadOutlined } from '@ant-design/icons';
import { Alert, App, Button, Modal } from 'antd';
import { useRef, useState } from 'react';
import type { RuleMistakeView } from '#contract';
import { type RuleUpload, useTakeIn } from '../../api/procedures.js';
import { DataTable } from '../../components/data-table.js';
import { ErrorNotice } from '../../components/error-notice.js';
import { useReturnFocus } from '../../components/use-return-focus.js';
import { useLanguage } from '../../i18n/language.js';

/** What the server takes, in base64 or as text. */
const MAX_BYTES = 650_000;

/**
 * A new version of a procedure, from its rule file or its recording list: tried first, every mistake with its place, and
 * taken in only when it is asked for once more.
 * @param procedureId whose list an XLSX file is; null: rule files only
 */
export function TakeInDialog({ procedureId, onClose }: { procedureId: string | null; onClose: () => void }) {
  useReturnFocus();
  const { t, label } = useLanguage();
  const { message } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const [upload, setUpload] = useState<RuleUpload | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const takeIn = useTakeIn();
  const words = t.procedures.take;
  const choose = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    takeIn.reset();
    setUpload(null);
    setProblem(file.size > MAX_BYTES ? words.tooLarge : null);
    if (file.size > MAX_BYTES) return;
    try {
      const read = await readUpload(file, procedureId);
      setUpload(read);
      takeIn.mutate({ upload: read, isTrial: true });
    } catch {
      setProblem(words.unreadable);
    }
  };
  const confirm = () =>
    upload &&
    takeIn.mutate(
      { upload, isTrial: false },
      {
        onSuccess: ({ isTakenIn }) => {
          if (!isTakenIn) return;
          message.success(words.done);
          onClose();
        },
      },
    );
  const { data } = takeIn;
  const mistakes = data?.mistakes ?? [];
  return (
    <Modal
      open
      width={760}
      title={words.title}
      okText={words.confirm}
      cancelText={t.app.cancel}
      okButtonProps={{ disabled: data?.procedure == null }}
      confirmLoading={takeIn.isPending}
      onOk={confirm}
      onCancel={onClose}
    >
      <p className="lh-muted">{words.hint}</p>
      <input
        ref={input}
        type="file"
        hidden
        accept={procedureId === null ? '.json' : '.json,.xlsx'}
        aria-label={words.choose}
        onChange={({ target }) => {
          void choose(target.files?.[0]);
          target.value = '';
        }}
      />
      <p>
        <Button icon={<UploadOutlined />} onClick={() => input.current?.click()}>
          {words.choose}
        </Button>{' '}
        {takeIn.isPending && <span className="lh-muted">{words.checking}</span>}
      </p>
      {problem !== null && <Alert type="error" showIcon title={problem} />}
      {takeIn.error && <ErrorNotice error={takeIn.error} />}
      {mistakes.length > 0 && <Mistakes mistakes={mistakes} />}
      {data?.procedure && !data.isTakenIn && (
        <Alert type="success" showIcon title={words.good(label(data.procedure.title), data.procedure.version)} />
      )}
    </Modal>
  );
}

function Mistakes({ mistakes }: { mistakes: readonly RuleMistakeView[] }) {
  const { t, label } = useLanguage();
  const words = t.procedures.take;
  return (
    <>
      <Alert type="error" showIcon title={words.mistakes(mistakes.length)} />
      <DataTable
        caption={words.mistakes(mistakes.length)}
        columns={[
          {
            key: 'place',
            title: words.place,
            width: '26%',
            render: ({ place }) => <code>{place === '' ? words.wholeFile : place}</code>,
          },
          { key: 'words', title: words.mistake, render: (mistake) => label(mistake) },
        ]}
        rows={mistakes}
        rowKey={({ place, en }) => `${place} ${en}`}
        loading={false}
      />
    </>
  );
}

async function readUpload(file: File, procedureId: string | null): Promise<RuleUpload> {
  if (procedureId === null || !/\.xlsx$/i.test(file.name)) return { kind: 'rules', file: await file.text() };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte));
  return { kind: 'list', procedureId, sheet: btoa(letters.join('')) };
}
