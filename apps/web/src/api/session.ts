import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Session, SignIn } from '#contract';
import { showTimesOf } from '../i18n/quantities.js';
import { ApiFailure, get, send } from './client.js';

/** Remembered so that a first visit asks nothing it knows the answer to. The cookie itself is not readable here. */
const MAYBE_SIGNED_IN = 'liuhen.signedIn';

export const SESSION_KEY = ['session'] as const;

/** The session, or null when there is none. */
export function useSession() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000, retry: false });
}

async function readSession(): Promise<Session | null> {
  if (localStorage.getItem(MAYBE_SIGNED_IN) === null) return null;
  try {
    return withItsClock(await get<Session>('/session'));
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.status !== 401) throw error;
    forgetSession();
    return null;
  }
}

/** Before anything of the session is shown. */
function withItsClock(session: Session): Session {
  showTimesOf(session.zoneMinutes);
  return session;
}

export function forgetSession(): void {
  localStorage.removeItem(MAYBE_SIGNED_IN);
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SignIn) => send<Session>('POST', '/sessions', body),
    onSuccess: (session) => {
      localStorage.setItem(MAYBE_SIGNED_IN, '1');
      client.setQueryData(SESSION_KEY, withItsClock(session));
    },
  });
}

/** Ends with a new page: nothing this person saw or sent stays in memory for the next. */
export function useSignOut() {
  return useMutation({
    mutationFn: () => send<void>('DELETE', '/session'),
    onSettled: () => {
      forgetSession();
      window.location.assign('/sign-in');
    },
  });
}

export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { current: string; next: string }) => send<void>('POST', '/session/password', body),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSION_KEY }),
  });
}
