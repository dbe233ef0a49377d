import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Label } from '#domain';
import { en } from './en.js';
import { type Texts, zh } from './zh.js';

export type Language = 'zh' | 'en';

const TEXTS: Record<Language, Texts> = { zh, en };
const STORED = 'liuhen.language';

interface Spoken {
  readonly language: Language;
  readonly t: Texts;
  readonly label: (label: Label) => string;
  readonly setLanguage: (language: Language) => void;
}

const LanguageContext = createContext<Spoken | null>(null);

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setState] = useState<Language>(() => (localStorage.getItem(STORED) === 'en' ? 'en' : 'zh'));
  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(STORED, next);
    setState(next);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const spoken = useMemo<Spoken>(
    () => ({ language, t: TEXTS[language], label: (label) => label[language], setLanguage }),
    [language, setLanguage],
  );
  return <LanguageContext.Provider value={spoken}>{children}</LanguageContext.Provider>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(LanguageContext);
  if (!spoken) throw new Error('useLanguage outside LanguageProvider');
  return spoken;
}

/** The title of the browser tab. */
export function usePageTitle(title: string | undefined): void {
  const { t } = useLanguage();
  useEffect(() => {
    document.title = title ? `${title} · ${t.app.name}` : t.app.name;
  }, [title, t]);
}
