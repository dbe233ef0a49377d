import { Button } from 'antd';
import { useLanguage } from '../i18n/language.js';

export function LanguageSwitch() {
  const { t, language, setLanguage } = useLanguage();
  return (
    <Button
      type="text"
      aria-label={t.app.switchLanguageLabel}
      onClick={() => setLanguage(language === 'zh' ? 'en' : 'zh')}
    >
      {t.app.switchLanguage}
    </Button>
  );
}
