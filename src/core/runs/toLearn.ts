/** What of a model a tuning's settings mean: by name, at which rate, and to learn what. */
import { besideThat } from '../adapters/beside';
import { weightsThat } from '../adapters/learns';
import { partsOf, type Trainable } from '../adapters/trainable';
import { paramsOf } from '../models';
import { headOf } from '../models/classes';
import type { ModelChoice } from '../models/network';
import { countParams, type ParamTable } from '../models/spec';
import { isOfTuning, type ObjectiveId, usualObjective } from '../objectives';
import { optimizerOf } from '../optim';
import type { Recipe } from '../train/recipe';
import type { TuningChoice } from './tuning';

/**
 * Undefined where all learns. The head of a classifier always does.
 * @throws HomegrownError `bad-settings` where the model has not what is asked for
 */
export function trainableOf(
  { learns, layers, adapter, beside, targets, rest }: TuningChoice,
  model: ModelChoice,
): Trainable | undefined {
  const table = paramsOf(model);
  const head = model.config.classes ? headOf(model) : {};
  const frozen = rest !== 'f32' && { rest };
  if (learns === 'adapter') {
    const body = without(table, head);
    const all = besideThat(beside === 'named' ? { what: beside, targets } : { what: beside }, body);
    return { weights: Object.keys(head), adapter: { ...adapter, beside: all }, ...frozen };
  }
  const weights = weightsThat(
    learns === 'last' ? { what: learns, layers } : { what: learns },
    table,
    model.config.layers,
  );
  if (!weights) return undefined;
  const all = Object.keys(table).filter((name) => weights.includes(name) || Object.hasOwn(head, name));
  return { weights: all, ...frozen };
}

const without = (table: ParamTable, others: ParamTable): ParamTable =>
  Object.fromEntries(Object.entries(table).filter(([name]) => !Object.hasOwn(others, name)));

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

/** What is learnt: answers of chats, labels of texts, or as the base learnt it; of a base that learnt none, text as is usual. */
export function tuningObjective(
  purpose: TuningChoice['purpose'],
  base: ObjectiveId,
  model: Pick<ModelChoice, 'id'>,
): ObjectiveId {
  if (purpose === 'instruct') return 'chats';
  if (purpose === 'classify') return 'labels';
  return isOfTuning(base) ? usualObjective(model.id) : base;
}
