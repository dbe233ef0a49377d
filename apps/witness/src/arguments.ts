import { parseArgs } from 'node:util';
import type { Environment } from '#config';

export const USAGE = `用法 Usage: npm run -s witness -- --dir DIR --listen HOST:PORT --log VKEY [--log VKEY …]

  --dir DIR            目录：密钥、已见证记录、证据  folder of key, memory and evidence
  --listen HOST:PORT   监听地址，默认 127.0.0.1:8099  where to listen
  --log VKEY           所见证日志的公钥，可多次给出  key of a log to witness; may be repeated
  --policy FILE        列出日志的文件，每行 log <vkey>  file that lists logs
  --name NAME          见证方名称，首次启动时定下  name of this witness, chosen at the first start
  --tls-cert FILE --tls-key FILE   TLS 证书与私钥（PEM） certificate and key
  --behind-tls-proxy   由前置代理提供 TLS  TLS ends at a proxy in front
`;

const OPTIONS = {
  dir: { type: 'string' },
  listen: { type: 'string' },
  name: { type: 'string' },
  log: { type: 'string', multiple: true },
  policy: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'behind-tls-proxy': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * The environment with what the command line says instead; null: help is asked for.
 * @throws TypeError for arguments that do not exist
 */
export function withArguments(env: Environment, args: readonly string[]): Environment | null {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help === true) return null;
  const given: Environment = {
    LIUHEN_WITNESS_DIR: values.dir,
    LIUHEN_WITNESS_LISTEN: values.listen,
    LIUHEN_WITNESS_NAME: values.name,
    LIUHEN_WITNESS_LOGS: values.log?.join(' '),
    LIUHEN_WITNESS_POLICY: values.policy,
    LIUHEN_WITNESS_TLS_CERT: values['tls-cert'],
    LIUHEN_WITNESS_TLS_KEY: values['tls-key'],
    LIUHEN_WITNESS_BEHIND_TLS_PROXY: values['behind-tls-proxy'] === true ? 'true' : undefined,
  };
  return { ...env, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
