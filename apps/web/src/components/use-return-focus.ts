import { useEffect, useState } from 'react';

/** For dialogs that are taken away rather than closed: whoever works by keyboard goes on where he opened it. */
export function useReturnFocus(): void {
  // As first rendered, before the dialog takes the focus to itself.
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    },
    [opener],
  );
}
