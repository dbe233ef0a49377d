import { Form, Input } from 'antd';

interface Props {
  readonly label: string;
  /** What is wanted, said in the field and again when it is empty. */
  readonly hint: string;
}

/** Why somebody does what will be asked about: it goes into the log, so a sign or two is no reason. */
export function ReasonField({ label, hint }: Props) {
  return (
    <Form.Item name="reason" label={label} rules={[{ required: true, whitespace: true, min: 2, message: hint }]}>
      <Input.TextArea maxLength={500} placeholder={hint} autoSize={{ minRows: 2 }} />
    </Form.Item>
  );
}
