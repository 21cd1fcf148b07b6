import type { LeakWords } from '../core/documents/labels/leakWords';
import { textRef } from '../core/documents/record';
import { useStudio, useStudioStore } from './react';
import { toTuneOn } from './tuningInputs';
import { useQuery } from './useWorkerValue';

/**
 * Words that reveal labels of the texts for the next classifier. Undefined until known, without such texts, and if
 * labels can't be counted, which Classify reports.
 */
export function useLeaks(): readonly LeakWords[] | undefined {
  const store = useStudioStore();
  const refs = useStudio((s) => toTuneOn(s, 'classify').map(textRef).join(' '));
  return useQuery(refs === '' ? undefined : refs, async (_, { signal }) => {
    const { leaks } = await store.getState().classifying();
    return leaks({ signal });
  }).value;
}
