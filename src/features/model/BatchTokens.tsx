import { counted, formatCount } from '../../core/base/units';
import { batchOfTokens } from '../../core/train/batchTokens';
import { RECIPE, tokensPerStep } from '../../core/train/recipe';
import { limitsOf, modelOf } from '../../state/estimate';
import { useStudio } from '../../state/react';
import { NumberField } from '../../ui';

/** Batch size in tokens, as papers state it, split into as many micro-batches as this device needs. */
export function BatchTokens() {
  const project = useStudio((s) => s.project);
  const device = useStudio((s) => s.device);
  const setRecipe = useStudio((s) => s.setRecipe);
  const { recipe } = project;
  const model = modelOf(project);
  const { context } = model.config;
  const rows = `${formatCount(recipe.batch * recipe.accumulate)} rows of ${formatCount(context)}`;
  return (
    <NumberField
      label="Tokens per step"
      unit="tokens"
      min={context}
      max={context * RECIPE.batch.max * RECIPE.accumulate.max}
      step={context}
      isWhole
      value={tokensPerStep(recipe, context)}
      onChange={(tokens) => setRecipe(batchOfTokens(tokens, model, recipe, limitsOf({ device })))}
      hint={
        recipe.accumulate === 1 ? rows : `${rows}, in ${counted(recipe.accumulate, 'micro-batch', 'micro-batches')}`
      }
    />
  );
}
