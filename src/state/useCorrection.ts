/** Correct label of a text by a person, for pages that show its prediction. */
import { useEffect, useState } from 'react';
import { textRef } from '../core/documents/record';
import { useStudio, useStudioStore } from './react';
import { recordOf } from './recordOf';
import { toTuneOn } from './tuningInputs';
import type { Correction } from './slices/classifying';

export interface ShownCorrection {
  correction: Correction | undefined;
  onCorrect: (label: string) => void;
  onUndo: () => void;
  /** Absent during training. */
  onTrain?: () => void;
}

/**
 * @param text that a run classified
 * @param go opens the page at a path
 */
export function useCorrection(runId: string | undefined, text: string, go: (path: string) => void): ShownCorrection {
  const store = useStudioStore();
  const canTrain = useStudio((s) => s.training === null && !s.trainingElsewhere);
  const tables = useStudio((s) => toTuneOn(s, 'classify').map(textRef).join(' '));
  const key = `${runId} ${tables} ${text}`;
  const [loaded, setLoaded] = useState<{ key: string; correction: Correction | undefined }>();
  useEffect(() => {
    let isWanted = true;
    const load = async (): Promise<void> => {
      const s = store.getState();
      const run = recordOf(s, runId ?? '');
      const { correctionOf } = await s.classifying();
      const correction = await correctionOf(text, run);
      if (isWanted) setLoaded({ key, correction });
    };
    load().catch(() => undefined); // a table that can't be read is reported where its rows are shown
    return () => {
      isWanted = false;
    };
  }, [store, runId, text, key]);
  const operations = () => store.getState().classifying();
  return {
    // While tables change, the earlier answer stays.
    correction: loaded?.key.endsWith(` ${text}`) ? loaded.correction : undefined,
    onCorrect: (label) => void operations().then(({ correct }) => correct(text, label)),
    onUndo: () => void operations().then(({ undoCorrection }) => undoCorrection(text)),
    ...(canTrain && {
      onTrain() {
        void store.getState().tune('classify');
        go('/train');
      },
    }),
  };
}
