// Sends many files of one size to a tus server, several at a time, over connections that stay open. A process of its
// own: node small-files-sender.mjs URL FILE COUNT AT_ONCE HEADERS_JSON [METADATA_JSON] → seconds, on the last line.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

const [url = '', path = '', count, atOnce, headersJson = '{}', metadataJson = '{}'] = process.argv.slice(2);
const headers = { ...JSON.parse(headersJson), 'Tus-Resumable': '1.0.0' };
const bytes = await readFile(path);
const agent = new Agent({ keepAlive: true, maxSockets: Number(atOnce) });

/**
 * @param {string} method
 * @param {string | URL} address
 * @param {import('node:http').OutgoingHttpHeaders} extra
 * @param {Buffer} [body]
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
function ask(method, address, extra, body) {
  return new Promise((resolve, reject) => {
    const sent = request(address, { method, agent, headers: { ...headers, ...extra } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** @param {number} n */
async function sendOne(n) {
  const metadata = { filename: `记录仪_${n}.bin`, ...JSON.parse(metadataJson) };
  const created = await ask('POST', url, {
    'Upload-Length': bytes.length,
    'Upload-Metadata': Object.entries(metadata)
      .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
      .join(','),
    'Content-Length': 0,
  });
  if (created.statusCode !== 201) throw new Error(`creation: ${created.statusCode}`);
  const patched = await ask(
    'PATCH',
    new URL(created.headers.location ?? '', url),
    {
      'Upload-Offset': 0,
      'Content-Type': 'application/offset+octet-stream',
      'Content-Length': bytes.length,
    },
    bytes,
  );
  if (patched.statusCode !== 204) throw new Error(`PATCH: ${patched.statusCode}`);
}

let next = 0;
const began = performance.now();
await Promise.all(
  Array.from({ length: Number(atOnce) }, async () => {
    while (next < Number(count)) await sendOne(next++);
  }),
);
console.log((performance.now() - began) / 1000);
agent.destroy();
