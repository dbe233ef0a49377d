import { useQuery } from '@tanstack/react-query';
import type { PageText } from '#contract';
import { parseStoryboard, type StoryboardCue } from './storyboard.js';
import { type Peaks, readPeaks } from './waveform-bars.js';

/** Both are conveniences: without them the player plays all the same, so failures are not shown. */
const OPTIONS = { staleTime: Number.POSITIVE_INFINITY, retry: 1 } as const;
const NO_CUES: StoryboardCue[] = [];

export function useStoryboard(url: string | null): readonly StoryboardCue[] {
  const { data } = useQuery({
    ...OPTIONS,
    queryKey: ['storyboard', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url ?? '', { signal });
      if (!response.ok) throw new Error(`storyboard: ${response.status}`);
      return parseStoryboard(await response.text(), new URL(response.url, location.href).href);
    },
    enabled: url !== null,
  });
  return data ?? NO_CUES;
}

/** The words of one page; null while they are on their way. */
export function usePageText(url: string | null, page: number): string | null {
  const { data } = useQuery({
    ...OPTIONS,
    queryKey: ['page-text', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url ?? '', { signal });
      if (!response.ok) throw new Error(`page text: ${response.status}`);
      return (await response.json()) as PageText;
    },
    enabled: url !== null,
  });
  return data ? (data.pages[page] ?? '') : null;
}

export function usePeaks(url: string | null): Peaks | null {
  const { data } = useQuery({
    ...OPTIONS,
    queryKey: ['peaks', url],
    queryFn: async ({ signal }) => {
      const response = await fetch(url ?? '', { signal });
      if (!response.ok) throw new Error(`peaks: ${response.status}`);
      return readPeaks(await response.json());
    },
    enabled: url !== null,
  });
  return data ?? null;
}
