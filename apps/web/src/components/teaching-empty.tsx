import type { ReactNode } from 'react';

/** An empty place that says what will be here and how it gets here. */
export function TeachingEmpty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="lh-empty">
      <svg viewBox="0 0 96 64" aria-hidden="true">
        <rect x="14" y="10" width="68" height="46" rx="6" />
        <path d="M14 24h68M28 10v-4M68 10v-4" />
        <path d="M40 34l16 8-16 8z" className="lh-empty-mark" />
      </svg>
      <h2>{title}</h2>
      {hint && <p>{hint}</p>}
      {children}
    </div>
  );
}
