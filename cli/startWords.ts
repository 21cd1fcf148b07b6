/** Messages of grow and tune before the first step: data, length, settings, and the reasons for them. */
import { adapterOf } from '../src/core/adapters';
import { trainableWords } from '../src/core/adapters/words';
import { counted, formatCount, formatDuration, formatNumber, formatShort } from '../src/core/base/units';
import { paramsOf } from '../src/core/models';
import type { BaseConfig } from '../src/core/models/spec';
import { optimizerOf } from '../src/core/optim';
import { stepsOfEpoch } from '../src/core/train/epoch';
import type { Power } from '../src/core/train/energy';
import { evaluationsBeforeEnd, isTooShortForPatience } from '../src/core/train/patience';
import { DEFAULT_RECIPE, type Recipe, tokensPerStep } from '../src/core/train/recipe';
import { recomputationWords } from '../src/core/train/recomputation';
import type { RunStart } from '../node/runs/runReporter';
import type { OPTIONS } from './growOptions';
import type { Values } from './options';
import { planWords } from './planWords';

/** Sentences, in their order. */
export function startWords(options: Values<typeof OPTIONS>, run: RunStart): readonly string[] {
  const { data, train, model, recipe, fitted, planner, trainable, past } = run;
  const { test } = data.parts;
  const testWords = test ? `${formatCount(test.tokens)} in the test set, ` : '';
  const epochs = recipe.steps / stepsOfEpoch(data.parts.train, model.config.context, recipe, run.rows);
  return [
    `${formatCount(train.tokens)} training tokens, ${testWords}a vocabulary of ${formatCount(run.vocabulary)}, ` +
      `${formatShort(run.parameters)} parameters, ${recipe.steps} steps on ${run.where}.`,
    fitted &&
      `${options.minutes!} minutes fit these steps: a step takes ${formatDuration(fitted.pace.step)}, ` +
        `an evaluation ${formatDuration(fitted.pace.evaluate)}.`,
    planner ? undefined : `Epochs: ${formatNumber(Number(epochs.toPrecision(2)))}.`,
    ...(planner ? planWords(planner.withRecipe(recipe), run.kind, powerOf(options)) : []),
    options['batch-tokens'] !== undefined && batchWords(recipe, model.config),
    ...run.begun,
    trainable && `Trainable: ${trainableWords(paramsOf(model), trainable)}.`,
    past && `Resuming ${past.folder} at step ${formatCount(past.info.state.step)}.`,
    recomputationWords(run.recomputation, RECOMPUTE_FLAGS),
    patienceWords(run),
    rateWords(options, run),
  ].filter((words) => typeof words === 'string');
}

/** The learning rate, if neither a person nor a plan chose it and it isn't the general default. */
function rateWords(
  options: Values<typeof OPTIONS>,
  { recipe, planner, trainable, past }: RunStart,
): string | undefined {
  if (past || planner || recipe.learningRate === (options['learning-rate'] ?? DEFAULT_RECIPE.learningRate))
    return undefined;
  const { label } = optimizerOf(recipe.optimizer);
  const adapter = trainable?.adapter ? ` and ${adapterOf(trainable.adapter.id).label}` : '';
  return `The learning rate is ${recipe.learningRate}, the default for ${label}${adapter} at this size.`;
}

/** Says that early stopping can't end the run. */
function patienceWords({ recipe, past }: RunStart): string | undefined {
  if (past || !isTooShortForPatience(recipe)) return undefined;
  const evaluations = counted(evaluationsBeforeEnd(recipe), 'evaluation');
  return `--patience ${recipe.patience} can't end this run: it has ${evaluations} before its last step. Lower --eval-every.`;
}

const RECOMPUTE_FLAGS = '--recompute off keeps them; --memory sets the limit in GB.';

/** `Tokens per update: 16,384, 256 rows of 64, in 4 micro-batches.` */
function batchWords(recipe: Recipe, { context }: BaseConfig): string {
  const { batch, accumulate } = recipe;
  const parts = accumulate === 1 ? '' : `, in ${formatCount(accumulate)} micro-batches`;
  const rows = `${formatCount(batch * accumulate)} rows of ${formatCount(context)}`;
  return `Tokens per update: ${formatCount(tokensPerStep(recipe, context))}, ${rows}${parts}.`;
}

/** `--watts` and `--price`. */
const powerOf = ({ watts, price }: Values<typeof OPTIONS>): Power => ({
  ...(watts !== undefined && { watts }),
  price,
});
