import { run } from './process.js';

/** A tus server, ours or another's. */
export interface TusTarget {
  /** Where uploads are created. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Where in a case the file belongs; archives of ours know what it means. */
export interface Step {
  readonly caseId: string;
  readonly occurrenceId: string;
}

const TUS = { 'Tus-Resumable': '1.0.0' };

/**
 * Creates an upload and sends the file in one PATCH with curl, a process of its own.
 * @returns the address of the upload, and how long both requests took
 */
export async function sendFile(
  target: TusTarget,
  file: { readonly path: string; readonly name: string; readonly sizeBytes: number; readonly step?: Step },
): Promise<string> {
  const named = { filename: file.name, ...file.step };
  const created = await fetch(target.url, {
    method: 'POST',
    headers: {
      ...target.headers,
      ...TUS,
      'Upload-Length': String(file.sizeBytes),
      'Upload-Metadata': Object.entries(named)
        .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
        .join(','),
    },
  });
  const location = created.headers.get('location');
  if (created.status !== 201 || location === null)
    throw new Error(`creation: ${created.status} ${await created.text()}`);
  const url = new URL(location, target.url).href;
  const headers = { ...target.headers, ...TUS, 'Upload-Offset': '0', ...OFFSET_MEDIA, Expect: '' };
  const { stdout } = await run('curl', [
    ...['-sS', '-X', 'PATCH', '-T', file.path, '-o', '/dev/null', '-w', '%{http_code}'],
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`.trim()]),
    url,
  ]);
  if (stdout !== '204') throw new Error(`PATCH ${url}: ${stdout}`);
  return url;
}

const OFFSET_MEDIA = { 'Content-Type': 'application/offset+octet-stream' };
