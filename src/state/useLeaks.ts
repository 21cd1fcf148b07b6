import { useEffect, useState } from 'react';
import type { LeakWords } from '../core/documents/labels/leakWords';
import { textRef } from '../core/documents/record';
import { useStudio, useStudioStore } from './react';
import { toTuneOn } from './tuningInputs';

/** Words that give away labels of the texts that the next classifier learns; undefined until they are known, and where there are no such texts. */
export function useLeaks(): readonly LeakWords[] | undefined {
  const store = useStudioStore();
  const of = useStudio((s) => toTuneOn(s, 'classify').map(textRef).join(' '));
  const [found, setFound] = useState<{ of: string; leaks: readonly LeakWords[] }>();
  useEffect(() => {
    if (of === '') return undefined;
    const stop = new AbortController();
    const look = async (): Promise<void> => {
      const { leaks: ask } = await store.getState().classifying();
      const leaks = await ask({ signal: stop.signal });
      if (!stop.signal.aborted) setFound({ of, leaks });
    };
    // Where labels cannot be counted, Classify says so.
    look().catch(() => undefined);
    return () => stop.abort();
  }, [store, of]);
  return found?.of === of ? found.leaks : undefined;
}
