import { useCallback, useEffect, useRef, useState } from 'react';
import { UnreadableFile } from './measure-file.js';
import { type CheckPlan, type CheckResult, type CheckStage, runCheck } from './run-check.js';

export type CheckState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly stage: CheckStage }
  | { readonly kind: 'done'; readonly result: CheckResult }
  | { readonly kind: 'unreadable' };

const IDLE: CheckState = { kind: 'idle' };

/** One check at a time; what was asked last is what is shown. */
export function useReceiptCheck() {
  const [state, setState] = useState<CheckState>(IDLE);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setState(IDLE);
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  const start = (plan: CheckPlan): void => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const show = (next: CheckState): void => {
      if (running.current === controller) setState(next);
    };
    const onStage = (stage: CheckStage): void => show({ kind: 'running', stage });
    onStage({ kind: 'reading', bytes: 0 });
    runCheck(plan, { onStage, signal: controller.signal }).then(
      (result) => show({ kind: 'done', result }),
      (error: unknown) => show(error instanceof UnreadableFile ? { kind: 'unreadable' } : IDLE),
    );
  };
  return { state, start, stop };
}
