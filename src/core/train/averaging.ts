/**
 * The average of a run's weights. Where a recipe has one it is what the model is to all others: what is measured, shown, kept as
 * the best and exported, under the weights' own names. The weights themselves are, as moments are, what training goes on from.
 */
import type { NamedTensors } from '../checkpoint/tensors';
import type { Shaped, StateSpec } from '../optim/optimizer';
import type { Recipe } from './recipe';

/** What a weight itself is called where its average has its name. */
export const rawName = (weight: string): string => `raw.${weight}`;

export const isAveraged = ({ emaDecay }: Pick<Recipe, 'emaDecay'>): boolean => emaDecay > 0;

/**
 * Share of the average that stays at update `step`, counted from 1: little while it is young, so that it is none of the weights
 * that were drawn. Source: TensorFlow's ExponentialMovingAverage with `num_updates`.
 */
export const keptShare = ({ emaDecay }: Pick<Recipe, 'emaDecay'>, step: number): number =>
  Math.min(emaDecay, (1 + step) / (10 + step));

/** The weights that training goes on from: those themselves, where what has their names is the average. */
export const rawOf = (values: NamedTensors): NamedTensors =>
  new Map([...values].map(([name, tensor]) => [name, values.get(rawName(name)) ?? tensor]));

/** What is saved of weights besides their averages. */
export const rawSpecs = (
  recipe: Pick<Recipe, 'emaDecay'>,
  weights: Iterable<readonly [name: string, weight: Shaped]>,
): readonly StateSpec[] =>
  isAveraged(recipe) ? [...weights].map(([name, { shape }]) => ({ name: rawName(name), shape })) : [];
