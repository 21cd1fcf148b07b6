import { useEffect, useState } from 'react';
import { useStudioStore } from '../../../state/react';
import type { Classifying } from '../../../state/slices/classifying';

/**
 * What is asked for, once it is there, and until then what was there before.
 * @param instead where it cannot be had, which is told elsewhere. @param on asked again wherever one of these is another
 */
export function useAnswer<T>(
  ask: (own: Classifying) => Promise<T>,
  instead: T,
  on: readonly unknown[],
): { on: readonly unknown[]; answer: T } | undefined {
  const store = useStudioStore();
  const [found, setFound] = useState<{ on: readonly unknown[]; answer: T }>();
  useEffect(() => {
    let isWanted = true;
    void store
      .getState()
      .classifying()
      .then(ask)
      .catch(() => instead)
      .then((answer) => {
        if (isWanted) setFound({ on, answer });
      });
    return () => {
      isWanted = false;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- these are all that the question is made of
  }, [store, ...on]);
  return found;
}
