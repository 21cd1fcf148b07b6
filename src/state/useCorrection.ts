/** Correct label of a text by a person, for pages that show its prediction. */
import { useEffect, useState } from 'react';
import { textRef } from '../core/documents/record';
import { useStudio, useStudioStore } from './react';
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
  const [found, setFound] = useState<{ key: string; correction: Correction | undefined }>();
  useEffect(() => {
    let isWanted = true;
    const look = async (): Promise<void> => {
      const s = store.getState();
      const run = s.opened[runId ?? '']?.record ?? s.runs?.find(({ record }) => record.id === runId)?.record;
      const { correctionOf } = await s.classifying();
      const correction = await correctionOf(text, run);
      if (isWanted) setFound({ key, correction });
    };
    look().catch(() => undefined); // a table that can't be read is reported where its rows are shown
    return () => {
      isWanted = false;
    };
  }, [store, runId, text, key]);
  const own = () => store.getState().classifying();
  return {
    // While tables change, the earlier answer stays.
    correction: found?.key.endsWith(` ${text}`) ? found.correction : undefined,
    onCorrect: (label) => void own().then(({ correct }) => correct(text, label)),
    onUndo: () => void own().then(({ undoCorrection }) => undoCorrection(text)),
    ...(canTrain && {
      onTrain() {
        void store.getState().tune('classify');
        go('/train');
      },
    }),
  };
}
