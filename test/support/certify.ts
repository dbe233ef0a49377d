import { newId } from '#domain';
import type { ApiClient } from './api-client.js';

/** Gives an officer a certificate that holds for long. */
export async function certify(administrator: ApiClient, accountId: string, change: object = {}): Promise<void> {
  await administrator.send('POST', '/certificates', {
    ...{ accountId, kind: 'enforcement', number: `证${newId().slice(-12)}` },
    ...{ validFrom: '2020-01-01', validTo: '2035-12-31', ...change },
  });
}
