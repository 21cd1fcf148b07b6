/**
 * Moving average of a run's weights. If a recipe has one, the average is the model: it is evaluated, shown, saved as the best and
 * exported under the weights' names. The weights themselves are training state, like moments.
 */
import type { NamedTensors } from '../checkpoint/tensors';
import type { Shaped, StateSpec } from '../optim/optimizer';
import type { Recipe } from './recipe';

/** Checkpoint name of a raw weight, because its average takes the weight's own name. */
export const rawName = (weight: string): string => `raw.${weight}`;

export const isAveraged = ({ emaDecay }: Pick<Recipe, 'emaDecay'>): boolean => emaDecay > 0;

/**
 * Decay of the average at update `step`, counted from 1. The decay is low at first, so that the initial weights soon
 * leave the average. Source: TensorFlow's ExponentialMovingAverage with `num_updates`.
 */
export const averageDecayAt = ({ emaDecay }: Pick<Recipe, 'emaDecay'>, step: number): number =>
  Math.min(emaDecay, (1 + step) / (10 + step));

/** Weights that training continues from: the raw ones if the averages have their names. */
export const rawOf = (values: NamedTensors): NamedTensors =>
  new Map([...values].map(([name, tensor]) => [name, values.get(rawName(name)) ?? tensor]));

/** Raw weights to save in addition to their averages; empty without averaging. */
export const rawSpecs = (
  recipe: Pick<Recipe, 'emaDecay'>,
  weights: Iterable<readonly [name: string, weight: Shaped]>,
): readonly StateSpec[] =>
  isAveraged(recipe) ? [...weights].map(([name, { shape }]) => ({ name: rawName(name), shape })) : [];
