import { isArchiveError } from '#domain';
import type { AskLog } from '#dossier';
import type { ApiClient } from './api-client.js';

/** Asks the public log of an archive where a leaf is. */
export function askingBy(client: ApiClient): AskLog {
  return async (leaf) => {
    try {
      return { kind: 'proof', text: await client.text(`/log/proof/${leaf}`) };
    } catch (error) {
      if (isArchiveError(error, 'not-found')) return { kind: 'missing' };
      if (isArchiveError(error, 'ledger-pending')) return { kind: 'pending' };
      throw error;
    }
  };
}
