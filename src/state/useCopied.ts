/** How much of a written text stands word for word in the project's texts. */
import { useEffect, useState } from 'react';
import type { Copied } from '../core/evaluate/copied';
import { useStudio, useStudioStore } from './react';

/** Undefined until it is known, without texts, and where they can't be read. @param written empty while it is still written */
export function useCopied(written: string): Copied | undefined {
  const store = useStudioStore();
  const ids = useStudio((s) => s.texts.map(({ id }) => id).join(' '));
  const of = `${ids}\n${written}`;
  const [found, setFound] = useState<{ of: string; copied: Copied }>();
  useEffect(() => {
    if (ids === '' || written.trim() === '') return undefined;
    const stop = new AbortController();
    const look = async (): Promise<void> => {
      const copied = await store.getState().copiedFrom(ids.split(' '), written, stop.signal);
      if (!stop.signal.aborted) setFound({ of, copied });
    };
    // Texts that can't be read are reported where they are listed.
    look().catch(() => undefined);
    return () => stop.abort();
  }, [store, ids, written, of]);
  return found?.of === of ? found.copied : undefined;
}
