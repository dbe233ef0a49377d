import { useQuery } from '@tanstack/react-query';
import type { Ledger, LedgerKeys } from '#contract';
import type { AskLog } from '#dossier';
import { ApiFailure, get, getText } from './client.js';

/** The log grows by the second; the page keeps up with it. */
export function useLedger() {
  return useQuery({
    queryKey: ['ledger'],
    queryFn: ({ signal }) => get<Ledger>('/ledger', {}, signal),
    refetchInterval: 3_000,
  });
}

export function ledgerKeys(): Promise<LedgerKeys> {
  return get<LedgerKeys>('/ledger/keys');
}

/** What whoever gets a dossier is told by another way; keys are changed once in years. */
export function useLedgerKeys(isWanted: boolean) {
  return useQuery({
    queryKey: ['ledger', 'keys'],
    queryFn: ledgerKeys,
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/**
 * The proof of an event in the log (C2SP tlog-proof).
 * @param leaf `sha256:…`
 * @throws ApiFailure
 */
export function proofOf(leaf: string): Promise<string> {
  return getText(`/log/proof/${leaf.slice('sha256:'.length)}`);
}

/** Only what the archive itself answers counts: a proxy's error page is no word of the log. */
export const askLog: AskLog = async (leafHex) => {
  try {
    return { kind: 'proof', text: await getText(`/log/proof/${leafHex}`) };
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 'not-found') return { kind: 'missing' };
    if (error instanceof ApiFailure && error.code === 'ledger-pending') return { kind: 'pending' };
    throw error;
  }
};
