/** Differences between the project's settings and those of the run that Train shows. */
import { changeWords, type Made } from '../core/runs/compare';
import { dataOf, recipeOf } from '../core/runs/segments';
import { formatCount } from '../core/base/units';
import { fittedTo } from '../core/train/shortText';
import { modelOf } from './estimate';
import { isTuned, shownRun } from './openRun';
import { isAtRest } from './phase';
import { hasOtherTexts, KIND_WORDS } from './preparation';
import { useStudio, useStudioFields, useStudioStore } from './react';
import { startRefusal } from './refusals';
import type { Studio, StudioStore } from './slices/studio';

/** Each difference, `dropout 0 → 0.3`; none during training, for unknown settings, or for a tuned model. */
export function otherSettings(s: Studio): readonly string[] {
  const { record, phase, saved } = shownRun(s, 'train');
  if (!record || !saved || !isAtRest(phase) || s.texts.length === 0) return [];
  if ((record.origin && record.step === 0) || isTuned(shownRun(s, 'train'))) return [];
  const model = fittedTo(modelOf(s.project), s.project.recipe, dataOf(record).facts?.parts.train.tokens ?? Infinity);
  const runRecipe = recipeOf(record);
  // Recomputation is decided when a run starts, and doesn't change the result.
  const recipe = { ...s.project.recipe, recompute: runRecipe.recompute };
  const isOtherText = dataOf(record).id !== null && hasOtherTexts(record, s);
  return [
    ...(isOtherText ? ['the text has changed since'] : []),
    ...changeWords(
      { ...madeOf(record.model, record.tokenizer.kind), recipe: runRecipe, data: null },
      {
        ...madeOf(model, s.project.tokenizer?.model.kind ?? s.project.tokenizerChoice.kind),
        recipe,
        data: null,
      },
    ),
  ];
}

/** Whether the run that Train shows finished with the project's settings, so another run gives the same model. */
export function alreadyRan(s: Studio): boolean {
  const run = shownRun(s, 'train');
  return run.phase.kind === 'finished' && run.saved !== null && !isTuned(run) && otherSettings(s).length === 0;
}

const madeOf = (model: Made['model'], kind: keyof typeof KIND_WORDS): Pick<Made, 'model' | 'tokenizer'> => ({
  model,
  tokenizer: { key: `${kind} ${model.vocabulary}`, words: `${KIND_WORDS[kind]} ${formatCount(model.vocabulary)}` },
});

/** The notice on Train and Model; undefined if the settings equal the run's. */
export function useSettingsDiffer(go: (path: string) => void): SettingsDiffer | undefined {
  const differences = useStudioFields(otherSettings);
  const { id, name } = useStudioFields((s) => {
    const { record } = shownRun(s, 'train');
    return { id: record?.id, name: record?.name ?? '' };
  });
  const disabledReason = useStudio(startRefusal);
  const store = useStudioStore();
  if (differences.length === 0 || id === undefined) return undefined;
  return {
    run: name,
    differ: differences,
    begin: {
      disabledReason,
      onPress: () => {
        void store.getState().start();
        go('/train');
      },
    },
    onUndo: () => void undoChanges(store, id),
  };
}

interface SettingsDiffer {
  run: string;
  differ: readonly string[];
  begin: { disabledReason: string | undefined; onPress: () => void };
  onUndo: () => void;
}

/** Restores the run's settings in the project. */
async function undoChanges(store: StudioStore, runId: string): Promise<void> {
  await store.getState().listRuns();
  store.getState().draftFrom(runId);
}
