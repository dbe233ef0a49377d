import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SignEd25519 } from '#tlog';
import { SigningError } from './signing-error.js';
import { hasCode } from './system-errors.js';

/** A private key in memory: it can be used, not read. */
export interface SigningKey {
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly sign: SignEd25519;
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/**
 * Makes an Ed25519 key: PKCS#8 PEM, mode 0600, never over one that exists.
 * @throws Error EEXIST
 */
export async function createKeyFile(path: string): Promise<SigningKey> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  try {
    await file.writeFile(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await file.sync();
  } finally {
    await file.close();
  }
  return signingKey(privateKey);
}

/** @throws SigningError `key-missing`, `key-readable-by-others`, `key-damaged` */
export async function readKeyFile(path: string): Promise<SigningKey> {
  const file = await openKey(path);
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) throw readableByOthers(path, mode);
    return signingKey(parseKey(path, await file.readFile('utf8')));
  } finally {
    await file.close();
  }
}

async function openKey(path: string) {
  try {
    return await open(path, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new SigningError('key-missing', {
      zh: `密钥文件不见了：${path}；请从备份恢复密钥。不会自动生成新的密钥`,
      en: `The key file is missing: ${path}; restore it from its backup. No new key is made in its place`,
    });
  }
}

function parseKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below; the reason's own words might hold what the file holds.
  }
  throw new SigningError('key-damaged', {
    zh: `密钥文件不是 PKCS#8 PEM 格式的 Ed25519 私钥：${path}`,
    en: `The key file holds no Ed25519 private key in PKCS#8 PEM: ${path}`,
  });
}

function signingKey(key: KeyObject): SigningKey {
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return { publicKey: Buffer.from(String(x), 'base64url'), sign: (message) => sign(null, message, key) };
}

function readableByOthers(path: string, mode: number): SigningError {
  const bits = (mode & 0o777).toString(8);
  return new SigningError('key-readable-by-others', {
    zh: `密钥文件的权限是 ${bits}，其他用户可能读过；确认无泄露后执行 chmod 600 ${path}`,
    en: `The key file has mode ${bits}, others may have read it; if you are sure nobody did: chmod 600 ${path}`,
  });
}
