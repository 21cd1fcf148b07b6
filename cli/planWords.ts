/** Words for the expectations of a plan. */
import { formatCount, formatDuration, formatNumber, formatReading, formatShort } from '../src/core/base/units';
import { modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { type Expected, uncoveredWords } from '../src/core/plan/expected';
import type { Plan } from '../src/core/plan/plan';
import { shortContextWords, trigramWords } from '../src/core/plan/planWords';
import { costWords, energyOf, type Power, priceWords, wattHoursWords } from '../src/core/train/energy';
import { tokensPerStep } from '../src/core/train/recipe';
import type { DeviceKind } from '../src/core/train/run';

/** Says what the plan expects before the run starts. */
export function planWords(plan: Plan, kind: DeviceKind, power: Power): readonly string[] {
  const { model, recipe, repeated, expected, twice, trigram, epochs, seconds } = plan;
  const contextWarning = shortContextWords(plan);
  const { layers, width, context } = model.config;
  const energy = energyOf(seconds, kind, power);
  const parameters = countParams(modelSpec(model.id).params(model.config, model.vocabulary));
  return [
    `Plan: vocabulary ${formatCount(model.vocabulary)}, ${formatCount(layers)} layers of width ${formatCount(width)} ` +
      `(${formatShort(parameters)} parameters), context ${formatCount(context)}, ` +
      `${formatCount(recipe.batch * context)} tokens per step, learning rate ${formatNumber(recipe.learningRate)}; ` +
      `epochs: ${formatNumber(Number(epochs.toPrecision(2)))}.`,
    (expected && twice
      ? `Expected: ${bandWords(expected)} ${expected.unit} on the validation set in ${formatDuration(1000 * seconds)}, ` +
        `about ${formatReading(twice.value)} in twice the time. ${trigram ? `${trigramWords(trigram, seconds)} ` : ''}`
      : `Time: ${formatDuration(1000 * seconds)}. ${uncoveredWords(repeated, recipe.steps * tokensPerStep(recipe, context))} `) +
      `Energy: about ${wattHoursWords(energy)} at ${formatCount(energy.watts)} W${power.watts === undefined ? ', an estimate' : ''}, ` +
      `cost ${costWords(energy)} at ${priceWords(power.price)}.`,
    ...(contextWarning === undefined ? [] : [contextWarning]),
  ];
}

const bandWords = ({ low, high }: Pick<Expected, 'low' | 'high'>): string =>
  `${formatReading(low)} to ${formatReading(high)}`;
