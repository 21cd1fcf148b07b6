import { sgd as update } from '../ops/sgd';
import type { Optimizer } from './optimizer';

/** Stochastic gradient descent with momentum; weight decay is plain L2. */
export const sgd: Optimizer = {
  label: 'SGD with momentum',
  moments: ['sgd.v'],
  rates: (learningRate) => [learningRate],
  update: (slots, rates, norm, settings) =>
    update(
      slots.map(({ moments, ...slot }) => ({ ...slot, v: moments[0]! })),
      rates,
      norm,
      settings,
    ),
};
