/** The warning that one word may explain the accuracy of a run, for every page that shows it. */
import { useEffect, useState } from 'react';
import { type LeakNotice, leakNotice } from '../core/documents/labels/leakWords';
import { rowsWithWord } from './classifierStart';
import { useStudio, useStudioStore } from './react';

interface ShownLeak extends LeakNotice {
  onShow: () => void;
}

/**
 * Undefined of another model, if no word gives a label away, and until that is known.
 * @param go opens the page at a path
 * @param page path of the page that shows the warning, which opens again after the texts
 */
export function useLeakNotice(
  runId: string | null | undefined,
  go: (path: string) => void,
  page: string,
): ShownLeak | undefined {
  const store = useStudioStore();
  const id = useStudio(({ opened }) => (opened[runId ?? '']?.record?.model.config.classes ? runId! : undefined));
  const [found, setFound] = useState<{ id: string; notice: LeakNotice | undefined }>();
  useEffect(() => {
    let isWanted = true;
    const look = async (of: string): Promise<void> => {
      const { leaksOf } = await store.getState().classifying();
      const leaks = await leaksOf(of);
      if (isWanted) setFound({ id: of, notice: leakNotice(leaks ?? []) });
    };
    if (id !== undefined) look(id).catch(() => undefined); // data that can't be read are reported where they are used
    return () => {
      isWanted = false;
    };
  }, [store, id]);
  const notice = found?.id === id ? found?.notice : undefined;
  return notice && { ...notice, onShow: () => go(rowsWithWord(notice.word, page)) };
}
