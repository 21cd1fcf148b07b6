import { useEffect, useRef } from 'react';
import { focusHeading } from './shortcuts';

/**
 * Moves the focus to the heading if the focused element disappears with the shown content. Undefined means that nothing
 * is shown yet.
 */
export function useHeldFocus(shown: string | boolean | undefined): void {
  const before = useRef(shown);
  useEffect(() => {
    const was = before.current;
    before.current = shown;
    if (was === undefined || shown === undefined || was === shown) return;
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) focusHeading();
    });
    return () => cancelAnimationFrame(frame);
  }, [shown]);
}
