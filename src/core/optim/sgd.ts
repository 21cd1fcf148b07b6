import { real } from '../base/field';
import { defineOptimizer } from './optimizer';

/** Stochastic gradient descent with momentum; weight decay is plain L2. */
export const sgd = defineOptimizer({
  label: 'SGD',
  hint: 'simplest, less memory',
  source: 'Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"',
  fields: {
    momentum: real({ label: 'Momentum', row: 'main', min: 0, max: 0.9999, stored: [0, 1], initial: 0.9 }),
  },
  state: ({ shape }) => [{ name: 'sgd.v', shape }],
  rates: (learningRate) => [learningRate],
  usualRate: () => 0.1,
  adapterRate: 1,
  torch: { class: 'SGD', arguments: { momentum: 'momentum' }, moments: { 'sgd.v': 'momentum_buffer' }, counts: false },
  async load() {
    const { sgd: update } = await import('../ops/sgd');
    return {
      update: (slots, rates, norm, settings) =>
        update(
          slots.map(({ moments, ...slot }) => ({ ...slot, v: moments[0]! })),
          rates,
          norm,
          settings,
        ),
    };
  },
});
