import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type { Account, ChangeAccount, CreateAccount, createdAccountSchema, System, Unit } from '#contract';
import { get, send } from './client.js';

export type CreatedAccount = z.infer<typeof createdAccountSchema>;

export function useAccounts() {
  return useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => get<{ items: Account[] }>('/accounts', {}, signal),
  });
}

/** Officers to choose from when a case is opened. */
export function useOfficers() {
  return useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => get<{ items: Account[] }>('/accounts', {}, signal),
    select: ({ items }) => items.filter(({ roles, disabled }) => roles.includes('officer') && !disabled),
  });
}

export function useUnits() {
  return useQuery({ queryKey: ['units'], queryFn: ({ signal }) => get<{ items: Unit[] }>('/units', {}, signal) });
}

export function useCreateAccount() {
  return usePeopleChange((body: CreateAccount) => send<CreatedAccount>('POST', '/accounts', body));
}

/** Answers the account; with a one-time password when one was made. */
export function useChangeAccount() {
  return usePeopleChange(({ id, change }: { id: string; change: ChangeAccount }) =>
    send<CreatedAccount | Account>('PATCH', `/accounts/${id}`, change),
  );
}

export function useCreateUnit() {
  return usePeopleChange((body: { name: string; parentId: string }) => send<Unit>('POST', '/units', body));
}

function usePeopleChange<V, R>(mutationFn: (value: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['accounts'] }),
        client.invalidateQueries({ queryKey: ['units'] }),
      ]),
  });
}

export function useSystem() {
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => get<System>('/system', {}, signal),
    refetchInterval: 5_000,
  });
}
