/** The settings of the run that is shown: its own once it has a record, until then those it was begun with. */
import { useMemo } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import { modelSpec } from '../../core/models';
import { tokensPerStep, type Recipe } from '../../core/train/recipe';
import type { ModelChoice } from '../../core/train/run';
import { vocabularySize } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { KIND_WORDS } from '../../state/stages';
import type { TokenizerModel } from '../../core/tokenizer/tokenizer';

export interface RunSettings {
  model: ModelChoice;
  recipe: Recipe;
  tokenizer: TokenizerModel['kind'];
  /** Nats per token of always guessing by frequency; null where the run does not say. */
  unigramLoss: number | null;
  tokensPerStep: number;
}

export function useRunSettings(): RunSettings {
  const run = useStudio((s) => s.run);
  const project = useStudio((s) => s.project);
  return useMemo(() => {
    const model = run?.model ?? {
      id: project.model.id,
      config: project.model.config,
      vocabulary: vocabularySize(project),
    };
    const recipe = run?.recipe ?? project.recipe;
    return {
      model,
      recipe,
      tokenizer: run?.tokenizer.kind ?? project.tokenizerChoice.kind,
      unigramLoss: (run ? run.data?.unigramLoss : project.data?.unigramLoss) ?? null,
      tokensPerStep: tokensPerStep(recipe, model.config.context),
    };
  }, [run, project]);
}

/** `GPT, 4 layers of width 192, BPE 2,048, AdamW 0.001, dropout 0.1` */
export function describeSettings({ model, recipe, tokenizer }: RunSettings): string {
  const { layers, width } = model.config;
  return [
    modelSpec(model.id).label,
    `${formatCount(layers)} ${layers === 1 ? 'layer' : 'layers'} of width ${formatCount(width)}`,
    `${KIND_WORDS[tokenizer]} ${formatCount(model.vocabulary)}`,
    `${recipe.optimizer === 'adamw' ? 'AdamW' : 'SGD'} ${formatNumber(recipe.learningRate)}`,
    ...(recipe.dropout > 0 ? [`dropout ${formatNumber(recipe.dropout)}`] : []),
    ...(recipe.accumulate > 1 ? [`${formatCount(recipe.accumulate)} micro-batches an update`] : []),
  ].join(', ');
}
