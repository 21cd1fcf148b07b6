import { useEffect, useRef } from 'react';
import { focusHeading } from './shortcuts';

/** What has the focus may go with what is shown: reading then goes on at the heading. Undefined: nothing is shown yet. */
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
