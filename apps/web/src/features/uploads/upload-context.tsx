import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { UNFINISHED_KEY } from '../../api/assets.js';
import type { UploadItem } from './upload-item.js';
import { UploadManager } from './upload-manager.js';

const KNOCK_EVERY_MS = 20_000;

const UploadContext = createContext<UploadManager | null>(null);

export function UploadProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [manager] = useState(
    () =>
      new UploadManager((item) => {
        void client.invalidateQueries({ queryKey: UNFINISHED_KEY });
        void client.invalidateQueries({ queryKey: ['assets'] });
        if (item.target) void client.invalidateQueries({ queryKey: ['case', item.target.caseId] });
      }),
  );
  useEffect(() => {
    const resumeCut = () => manager.resumeCut();
    // A server that was away says nothing when it is back; the browser only knows of its own line.
    const knocking = setInterval(() => navigator.onLine && resumeCut(), KNOCK_EVERY_MS);
    const warn = (event: BeforeUnloadEvent) => {
      if (manager.snapshot().some(isUnderWay)) event.preventDefault();
    };
    window.addEventListener('online', resumeCut);
    window.addEventListener('beforeunload', warn);
    return () => {
      clearInterval(knocking);
      window.removeEventListener('online', resumeCut);
      window.removeEventListener('beforeunload', warn);
    };
  }, [manager]);
  return <UploadContext.Provider value={manager}>{children}</UploadContext.Provider>;
}

export function useUploads(): UploadManager {
  const manager = useContext(UploadContext);
  if (!manager) throw new Error('useUploads outside UploadProvider');
  return manager;
}

export function useUploadItems(): readonly UploadItem[] {
  const manager = useUploads();
  return useSyncExternalStore(manager.subscribe, manager.snapshot);
}

function isUnderWay(item: UploadItem): boolean {
  return item.state === 'sending' || item.state === 'queued' || item.state === 'reading';
}
