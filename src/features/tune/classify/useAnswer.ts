import { useEffect, useState } from 'react';
import { useStudioStore } from '../../../state/react';
import type { Classifying } from '../../../state/slices/classifying';

/**
 * Result of a request once it resolves, and the previous result until then.
 * @param fallback value after a failure, which is reported elsewhere
 * @param dependencies values that repeat the request when they change
 */
export function useAnswer<T>(
  ask: (classifying: Classifying) => Promise<T>,
  fallback: T,
  dependencies: readonly unknown[],
): { dependencies: readonly unknown[]; answer: T } | undefined {
  const store = useStudioStore();
  const [result, setResult] = useState<{ dependencies: readonly unknown[]; answer: T }>();
  useEffect(() => {
    let isCurrent = true;
    void store
      .getState()
      .classifying()
      .then(ask)
      .catch(() => fallback)
      .then((answer) => {
        if (isCurrent) setResult({ dependencies, answer });
      });
    return () => {
      isCurrent = false;
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the request depends on these only
  }, [store, ...dependencies]);
  return result;
}
