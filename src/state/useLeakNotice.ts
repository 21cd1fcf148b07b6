/** Warning that one word may explain a run's accuracy, for every page that shows the accuracy. */
import { useEffect, useState } from 'react';
import { type LeakNotice, leakNotice } from '../core/documents/labels/leakWords';
import { rowsWithWord } from './classifierStart';
import { useStudio, useStudioStore } from './react';

interface ShownLeak extends LeakNotice {
  onShow: () => void;
}

/**
 * Undefined for another model, if no word reveals a label, and until known.
 * @param go opens the page at a path
 * @param page path of the page with the warning, which opens again after the texts
 */
export function useLeakNotice(
  runId: string | null | undefined,
  go: (path: string) => void,
  page: string,
): ShownLeak | undefined {
  const store = useStudioStore();
  const id = useStudio(({ opened }) => (opened[runId ?? '']?.record?.model.config.classes ? runId! : undefined));
  const [loaded, setLoaded] = useState<{ id: string; notice: LeakNotice | undefined }>();
  useEffect(() => {
    let isWanted = true;
    const load = async (classifierId: string): Promise<void> => {
      const { leaksOf } = await store.getState().classifying();
      const leaks = await leaksOf(classifierId);
      if (isWanted) setLoaded({ id: classifierId, notice: leakNotice(leaks ?? []) });
    };
    if (id !== undefined) load(id).catch(() => undefined); // pages that use the data report that it can't be read
    return () => {
      isWanted = false;
    };
  }, [store, id]);
  const notice = loaded?.id === id ? loaded?.notice : undefined;
  return notice && { ...notice, onShow: () => go(rowsWithWord(notice.word, page)) };
}
