import { QRCode } from 'antd';

/** Byte mode, level L, version 40 (ISO/IEC 18004): the most a code can hold. Denser levels only scan worse. */
const MAX_BYTES = 2_953;
const encoder = new TextEncoder();

export function fitsScanCode(text: string): boolean {
  return encoder.encode(text).length <= MAX_BYTES;
}

/** Black on white in any theme, with a quiet zone: phones and paper want it so. */
export function ScanCode({ text, label, size = 208 }: { text: string; label: string; size?: number }) {
  return (
    <figure className="lh-scan" role="img" aria-label={label}>
      <QRCode value={text} type="svg" size={size} errorLevel="L" color="#000" bgColor="#fff" bordered={false} />
    </figure>
  );
}
