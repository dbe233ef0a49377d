import { Link } from 'react-router';
import { useLanguage } from '../i18n/language.js';

export function Brand() {
  const { t } = useLanguage();
  return (
    <Link to="/" className="lh-brand" aria-label={`${t.app.name} · ${t.app.home}`}>
      <BrandMark />
      <span>{t.app.name}</span>
    </Link>
  );
}

/** A seal with the trace of a sound in it. */
export function BrandMark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect x="2" y="2" width="28" height="28" rx="6" fill="#b23a2a" />
      <path
        d="M9 22.5V11.5M9 22.5h14M13.5 18.5v-4M18 18.5v-8M22.5 18.5v-5.5"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}
