import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssetView, CaseView } from '#contract';
import type { ApiClient } from '../support/api-client.js';
import { CaseByApi } from '../support/case-by-api.js';

/** A case with one step to put things into. */
export interface OpenedCase {
  readonly id: string;
  readonly occurrenceId: string;
}

export async function openCase(officer: ApiClient, number: string): Promise<OpenedCase> {
  const wish = { procedureId: 'administrative-penalty-ordinary', number, title: '某餐饮店涉嫌无证经营案' };
  const opened = await officer.send<CaseView>('POST', '/cases', wish);
  const step = opened.occurrences.find((occurrence) => occurrence.stepId === 'site-inspection');
  if (step === undefined) throw new Error('the procedure has no site inspection');
  return { id: opened.id, occurrenceId: step.id };
}

/**
 * Brings a case to where it may be closed, by the shortest way there is: investigated no further. What it needs is handed
 * in as papers of a few bytes, six in all with those of the closing step.
 * @param stop the step that is left to do
 */
export async function bringToClosing(officer: ApiClient, caseId: string, stop?: string): Promise<CaseByApi> {
  const driver = {
    officer: async () => officer,
    pass: async () => undefined,
    settle: async (assetId: string) =>
      void (await assetWhen(
        officer,
        assetId,
        ({ custody, viewing }) => custody === 'sealed' && viewing.state !== 'pending',
      )),
    outsiderId: '',
  };
  const found = await CaseByApi.of(driver, caseId, { holds: ['terminated'] });
  await (stop === undefined ? found.walk() : found.walkTo(stop));
  return found;
}

/** Begins an upload (tus creation) and returns its asset id. */
export async function beginUpload(
  officer: ApiClient,
  lengthBytes: number,
  metadata: Readonly<Record<string, string>>,
): Promise<string> {
  const words = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
  const headers = {
    'Tus-Resumable': '1.0.0',
    'Upload-Length': String(lengthBytes),
    'Upload-Metadata': words.join(','),
  };
  const answer = await officer.raw('POST', '/uploads', { headers });
  if (answer.status !== 201) throw new Error(`creation: ${answer.status} ${await answer.text()}`);
  return answer.headers.get('location')?.split('/').at(-1) ?? '';
}

/** Where the archive says to go on. Asked until it answers: it may be just coming back. */
export async function offsetOf(officer: ApiClient, assetId: string): Promise<number> {
  for (;;) {
    const head = { headers: { 'Tus-Resumable': '1.0.0' } };
    const answer = await officer.raw('HEAD', `/uploads/${assetId}`, head).catch(() => null);
    if (answer?.status === 200) return Number(answer.headers.get('upload-offset'));
    if (answer !== null && answer.status < 500) throw new Error(`HEAD: ${answer.status}`);
    await sleep(200);
  }
}

export async function patch(officer: ApiClient, assetId: string, offset: number, bytes: Buffer): Promise<number> {
  const headers = {
    'Tus-Resumable': '1.0.0',
    'Upload-Offset': String(offset),
    'Content-Type': 'application/offset+octet-stream',
  };
  const body = new Uint8Array(bytes);
  const answer = await officer.raw('PATCH', `/uploads/${assetId}`, { headers, body });
  if (answer.status !== 204) throw new Error(`PATCH: ${answer.status} ${await answer.text()}`);
  return Number(answer.headers.get('upload-offset'));
}

/**
 * Sends the first part of a PATCH and then waits, the request open, while `meanwhile` does its work; the connection is
 * gone afterwards, if it was not before.
 */
export async function patchInTwo(
  officer: ApiClient,
  assetId: string,
  piece: { readonly offset: number; readonly bytes: Buffer; readonly sentFirst: number },
  meanwhile: () => Promise<void>,
): Promise<void> {
  const { host } = new URL(officer.url);
  const [hostname, port] = host.split(':');
  const open = httpRequest({
    ...{ method: 'PATCH', hostname, port, path: `/api/v1/uploads/${assetId}`, agent: false },
    headers: {
      ...officer.authorization,
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': piece.offset,
      'Content-Type': 'application/offset+octet-stream',
      'Content-Length': piece.bytes.length,
    },
  });
  open.on('error', () => undefined);
  await new Promise<void>((sent) => open.write(piece.bytes.subarray(0, piece.sentFirst), () => sent()));
  await meanwhile();
  open.destroy();
}

/** Waits until the asset is as wanted. */
export async function assetWhen(
  officer: ApiClient,
  assetId: string,
  isSo: (asset: AssetView) => boolean,
): Promise<AssetView> {
  for (;;) {
    const asset = await officer.send<AssetView>('GET', `/assets/${assetId}`).catch(() => null);
    if (asset !== null && isSo(asset)) return asset;
    await sleep(200);
  }
}
