import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useState } from 'react';
import { useLanguage } from '../i18n/language.js';

const SAID_MS = 1_500;

/** @param label what it copies, where there is more than one beside each other */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useLanguage();
  const words = label ?? t.app.copy;
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await writeToClipboard(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <Tooltip title={copied ? t.app.copied : words}>
      <Button
        type="text"
        size="small"
        aria-label={words}
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
