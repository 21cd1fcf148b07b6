import { useEffect, useState } from 'react';
import { useStudioStore } from '../../../state/react';
import type { Classifying } from '../../../state/slices/classifying';

/**
 * Result of a request once it resolves, and the previous result until then.
 * @param instead value after a failure, which is reported elsewhere
 * @param on dependencies that repeat the request when they change
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
