/** What of a model a tuning's settings mean: by name, at which rate, and to learn what. */
import { besideThat } from '../adapters/beside';
import { weightsThat } from '../adapters/learns';
import { partsOf, type Trainable } from '../adapters/trainable';
import { paramsOf } from '../models';
import type { ModelChoice } from '../models/network';
import { countParams } from '../models/spec';
import { learntFrom, type ObjectiveId, usualObjective } from '../objectives';
import { optimizerOf } from '../optim';
import type { Recipe } from '../train/recipe';
import type { TuningChoice } from './tuning';

/** Undefined where all learns. @throws HomegrownError `bad-settings` where the model has not what is asked for */
export function trainableOf(
  { learns, layers, adapter, beside, targets, rest }: TuningChoice,
  model: ModelChoice,
): Trainable | undefined {
  const table = paramsOf(model);
  const frozen = rest !== 'f32' && { rest };
  if (learns === 'adapter') {
    const all = besideThat(beside === 'named' ? { what: beside, targets } : { what: beside }, table);
    return { weights: [], adapter: { ...adapter, beside: all }, ...frozen };
  }
  const weights = weightsThat(
    learns === 'last' ? { what: learns, layers } : { what: learns },
    table,
    model.config.layers,
  );
  return weights && { weights, ...frozen };
}

/**
 * Peak learning rate: of what learns, what is usual for so many parameters; a third of it where all of a model does that has
 * learnt already.
 */
export function usualTuningRate(
  model: ModelChoice,
  trainable: Trainable | undefined,
  optimizer: Recipe['optimizer'],
): number {
  const { usualRate } = optimizerOf(optimizer);
  const usual = usualRate(countParams(partsOf(paramsOf(model), trainable).trainableParams));
  return trainable ? usual : Number((usual / 3).toPrecision(1));
}

/** What is learnt: answers of chats, or as the base learnt it; of a base that learnt chats, text as is usual. */
export const tuningObjective = (
  purpose: TuningChoice['purpose'],
  base: ObjectiveId,
  model: ModelChoice,
): ObjectiveId => (purpose === 'instruct' ? 'chats' : learntFrom(base) === 'chats' ? usualObjective(model.id) : base);
