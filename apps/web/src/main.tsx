import './app.css';
import './components/components.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { ApiFailure } from './api/client.js';
import { forgetSession, SESSION_KEY } from './api/session.js';
import { UploadProvider } from './features/uploads/upload-context.js';
import { LanguageProvider } from './i18n/language.js';
import { router } from './routes.js';
import { Theme } from './theme.js';

/** A session that ends in the middle of work leads to the sign-in page, and back from there. */
function noticeEndOfSession(error: unknown): void {
  if (!(error instanceof ApiFailure)) return;
  if (error.code === 'not-signed-in') {
    forgetSession();
    client.setQueryData(SESSION_KEY, null);
  }
  if (error.code === 'password-must-change') void client.invalidateQueries({ queryKey: SESSION_KEY });
}

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEndOfSession }),
  mutationCache: new MutationCache({ onError: noticeEndOfSession }),
  defaultOptions: { queries: { staleTime: 2_000, retry: isWorthRetrying } },
});

/** What the server refused it will refuse again. */
function isWorthRetrying(attempts: number, error: unknown): boolean {
  if (error instanceof ApiFailure && error.status >= 400 && error.status < 500) return false;
  return attempts < 2;
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <LanguageProvider>
          <Theme>
            <UploadProvider>
              <RouterProvider router={router} />
            </UploadProvider>
          </Theme>
        </LanguageProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}
