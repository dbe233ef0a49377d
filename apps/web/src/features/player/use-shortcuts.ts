import { useEffect, useRef } from 'react';
import { type Command, commandFor } from './shortcuts.js';

const TYPING = 'input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox]';
const OWN_KEYS = '[role=dialog], [role=menu], [role=listbox], [role=tablist], .ant-modal, .ant-drawer';
const PRESSED_BY_SPACE = 'button, a[href], summary, [role=button]';

/** Player keys anywhere on the page, except where the same keys mean something already. */
export function useShortcuts(onCommand: (command: Command) => boolean): void {
  const act = useRef(onCommand);
  act.current = onCommand;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTakenBy(event.target, event.key)) return;
      const command = commandFor(event);
      if (command && act.current(command)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function isTakenBy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(TYPING) || target.closest(OWN_KEYS)) return true;
  return key === ' ' && target.closest(PRESSED_BY_SPACE) !== null;
}
