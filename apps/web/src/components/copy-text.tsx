import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useState } from 'react';
import { useLanguage } from '../i18n/language.js';

const SAID_MS = 1_500;

export function CopyButton({ text }: { text: string }) {
  const { t } = useLanguage();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await writeToClipboard(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <Tooltip title={copied ? t.app.copied : t.app.copy}>
      <Button
        type="text"
        size="small"
        aria-label={t.app.copy}
        icon={copied ? <CheckOutlined /> : <CopyOutlined />}
        onClick={() => void copy()}
      />
    </Tooltip>
  );
}

/** A digest over as many lines as it needs, whole: a shortened digest proves nothing. */
export function Digest({ value }: { value: string }) {
  return (
    <span className="lh-digest">
      <code>{value}</code>
      <CopyButton text={value} />
    </span>
  );
}

/** The clipboard interface is missing where a page is not served securely. */
async function writeToClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}
