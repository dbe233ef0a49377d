import { useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Popconfirm } from 'antd';
import { useRef } from 'react';
import { UNFINISHED_KEY, type UnfinishedUpload, useUnfinishedUploads } from '../../api/assets.js';
import { useLanguage } from '../../i18n/language.js';
import { sizeText, timeText } from '../../i18n/quantities.js';
import { sampleOf } from './file-identity.js';
import { useUploadItems, useUploads } from './upload-context.js';
import type { UploadTarget } from './upload-item.js';
import { contradictsMemory, discardUpload } from './upload-transfer.js';

interface Props {
  /** Only those of this case; those of no case where it is null. */
  readonly caseId: string | null;
  readonly targetOf: (occurrenceId: string) => UploadTarget | null;
}

/** What was left half-sent when the browser closed. A page cannot reopen files by itself: they are picked again. */
export function UnfinishedUploads({ caseId, targetOf }: Props) {
  const { t } = useLanguage();
  const unfinished = useUnfinishedUploads();
  const names = new Set(useUploadItems().map((item) => `${item.fileName}/${item.sizeBytes}`));
  // What this page is sending right now is in the tray already.
  const left = (unfinished.data?.items ?? []).filter(
    (one) => one.caseId === caseId && !names.has(`${one.fileName}/${one.sizeBytes}`),
  );
  if (left.length === 0) return null;
  return (
    <Alert
      type="info"
      showIcon
      className="lh-gap-below"
      title={t.upload.unfinishedTitle(left.length)}
      description={
        <>
          <p>{t.upload.unfinishedHint}</p>
          <ul className="lh-unfinished">
            {left.map((one) => (
              <UnfinishedRow
                key={one.assetId}
                unfinished={one}
                target={one.occurrenceId === null ? null : targetOf(one.occurrenceId)}
              />
            ))}
          </ul>
        </>
      }
    />
  );
}

function UnfinishedRow({ unfinished, target }: { unfinished: UnfinishedUpload; target: UploadTarget | null }) {
  const { t } = useLanguage();
  const client = useQueryClient();
  const uploads = useUploads();
  const { message } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const goOn = async (file: File | undefined) => {
    if (!file) return;
    if (!(await isSameFile(unfinished, file))) return void message.error(t.upload.notSame(unfinished.fileName), 6);
    message.success(t.upload.resumed(file.name));
    uploads.add([file], target, unfinished.uploadUrl);
  };
  const discard = async () => {
    await discardUpload(unfinished.uploadUrl).catch(() => undefined);
    await client.invalidateQueries({ queryKey: UNFINISHED_KEY });
  };
  return (
    <li>
      <span className="lh-unfinished-name">{unfinished.fileName}</span>
      <span className="lh-muted lh-figures">
        {sizeText(unfinished.receivedBytes)} / {unfinished.sizeBytes === null ? '?' : sizeText(unfinished.sizeBytes)}
        {target && ` · ${target.where}`} · {t.upload.expires(timeText(unfinished.expiresAt))}
      </span>
      <span className="lh-unfinished-buttons">
        <input
          ref={input}
          type="file"
          hidden
          onChange={(event) => {
            void goOn(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <Button size="small" type="primary" onClick={() => input.current?.click()}>
          {t.upload.pickSame}
        </Button>
        <Popconfirm title={t.upload.cancelAsk} onConfirm={() => void discard()}>
          <Button size="small">{t.upload.discard}</Button>
        </Popconfirm>
      </span>
    </li>
  );
}

async function isSameFile(unfinished: UnfinishedUpload, file: File): Promise<boolean> {
  if (file.name !== unfinished.fileName || file.size !== unfinished.sizeBytes) return false;
  return !(await contradictsMemory(unfinished.uploadUrl, await sampleOf(file)));
}
