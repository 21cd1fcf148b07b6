/** A model with an adapter of random weights, for tests of exports. */
import { linearWeights, merged, partsOf, type Trainable } from '../core/adapters/trainable';
import type { Exported } from '../core/export/format';
import { modelSpec } from '../core/models';
import { drawn } from '../core/models/initial';
import { hashOfFrozen } from '../core/train/start';
import { DEFAULT_RECIPE } from '../core/train/recipe';

/** @param base a fully trained model. @param isTarget target modules; default: all linear layers */
export async function adapted(base: Exported, isTarget?: (name: string) => boolean): Promise<Exported> {
  const { id, config, vocabulary } = base.info.model;
  const params = modelSpec(id).params(config, vocabulary);
  const weights = new Map(Object.keys(params).map((name) => [name, base.snapshot.tensors.get(name)!]));
  const trainable: Trainable = {
    weights: [],
    adapter: {
      id: 'lora',
      settings: { rank: 3, alpha: 6, dropout: 0, rankStabilised: false },
      beside: linearWeights(params).filter(isTarget ?? (() => true)),
    },
  };
  const { added } = partsOf(params, trainable);
  const largeInit = Object.entries(added).map(
    ([name, parameter]) => [name, { ...parameter, init: { std: 0.2 } }] as const,
  );
  const trained = drawn(Object.fromEntries(largeInit), 7);
  const start = { model: base.info.model, recipe: DEFAULT_RECIPE, trainable, base: weights };
  const frozen = (await hashOfFrozen(start))!;
  const state = { ...base.snapshot.state, frozen };
  return {
    ...base,
    info: { ...base.info, trainable, state },
    snapshot: {
      state,
      tensors: new Map([...merged(params, new Map([...weights, ...trained]), trainable), ...trained]),
    },
  };
}
