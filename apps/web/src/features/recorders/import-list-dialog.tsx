import { App, Form } from 'antd';
import { useState } from 'react';
import type { RecorderDetail } from '#contract';
import { useImportList } from '../../api/recorders.js';
import { useLanguage } from '../../i18n/language.js';
import { RegisterDialog } from './register-dialog.js';

/** Sends a list as it came: what it means is read by the archive. */
export function ImportListDialog({ recorder, onClose }: { recorder: RecorderDetail; onClose: () => void }) {
  const { t } = useLanguage();
  const { message } = App.useApp();
  const { fields } = t.recorders;
  const importList = useImportList(recorder.id);
  const [file, setFile] = useState<File | null>(null);
  const submit = async () => {
    if (file === null) return;
    const content = toBase64(new Uint8Array(await file.arrayBuffer()));
    importList.mutate(
      { fileName: file.name, content },
      {
        onSuccess: () => {
          message.success(t.recorders.imported);
          onClose();
        },
      },
    );
  };
  return (
    <RegisterDialog
      title={`${t.recorders.importList} ${recorder.serial}`}
      change={importList}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Form.Item label={fields.file} extra={fields.fileHint} htmlFor="lh-list-file">
        <input
          id="lh-list-file"
          type="file"
          accept=".csv,.json,.txt"
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
      </Form.Item>
    </RegisterDialog>
  );
}

/** In pieces: the arguments of a call are limited. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return btoa(text);
}
