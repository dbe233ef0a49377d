import type { ReactNode } from 'react';

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'alarm';

/** A short word on a state. The word says it; the hue only helps. */
export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className="lh-tag" data-tone={tone}>
      {children}
    </span>
  );
}
