/** Where the settings are other than those of a run that could go on: what a resume would leave aside. */
import { changeWords, type Made } from '../core/runs/compare';
import { dataOf, recipeOf } from '../core/runs/segments';
import { formatCount } from '../core/base/units';
import { fittedTo } from '../core/train/shortText';
import { modelOf } from './estimate';
import { isTuned, shownRun } from './openRun';
import { hasOtherTexts, KIND_WORDS } from './preparation';
import { useStudio, useStudioFields, useStudioStore } from './react';
import { resumeRefusal, startRefusal } from './refusals';
import type { Studio } from './studio';

/** `dropout 0.3 for 0`, each; none where the run that Train shows cannot go on, nobody knows how it was made, or it tunes. */
export function otherSettings(s: Studio): readonly string[] {
  const { record, phase, saved } = shownRun(s, 'train');
  if (!record || !saved || phase.kind !== 'stopped' || s.texts.length === 0) return [];
  if ((record.origin && record.step === 0) || isTuned(shownRun(s, 'train'))) return [];
  const model = fittedTo(modelOf(s.project), s.project.recipe, dataOf(record).facts?.parts.train.tokens ?? Infinity);
  const mine = recipeOf(record);
  // Whether to recompute is settled when a run begins, and changes nothing of what is learnt.
  const recipe = { ...s.project.recipe, recompute: mine.recompute };
  const isOtherText = dataOf(record).id !== null && hasOtherTexts(record, s);
  return [
    ...(isOtherText ? ['the text has changed since'] : []),
    ...changeWords(
      { ...madeOf(record.model, record.tokenizer.kind), recipe: mine, data: null },
      {
        ...madeOf(model, s.project.tokenizer?.model.kind ?? s.project.tokenizerChoice.kind),
        recipe,
        data: null,
      },
    ),
  ];
}

const madeOf = (model: Made['model'], kind: keyof typeof KIND_WORDS): Pick<Made, 'model' | 'tokenizer'> => ({
  model,
  tokenizer: { key: `${kind} ${model.vocabulary}`, words: `${KIND_WORDS[kind]} ${formatCount(model.vocabulary)}` },
});

/** Both ways on; undefined where the settings are those of the run that Train shows, or where it cannot go on. */
export function useResumeOrNew(go: (path: string) => void) {
  const differ = useStudioFields(otherSettings);
  const step = useStudio((s) => shownRun(s, 'train').saved?.step ?? 0);
  const whyNotResume = useStudio(resumeRefusal);
  const whyNotBegin = useStudio(startRefusal);
  const store = useStudioStore();
  if (differ.length === 0) return undefined;
  const act = (what: 'resume' | 'start') => () => {
    void store.getState()[what]();
    go('/train');
  };
  return {
    differ,
    resume: {
      label: `Resume from step ${formatCount(step)}`,
      disabledReason: whyNotResume,
      onPress: act('resume'),
    },
    begin: { disabledReason: whyNotBegin, onPress: act('start') },
  };
}
