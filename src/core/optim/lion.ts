import { real } from '../base/field';
import { adamw } from './adamw';
import { defineOptimizer } from './optimizer';

/** Steps by the sign of an average of momentum and gradient, with decoupled weight decay. */
export const lion = defineOptimizer({
  label: 'Lion',
  hint: 'half the memory of AdamW',
  source: 'Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", arXiv:2302.06675',
  fields: {
    lionBeta1: real({
      label: 'Beta 1',
      name: 'Lion beta 1',
      hint: 'momentum in the update',
      row: 'seldom',
      min: 0,
      max: 0.9999,
      stored: [0, 1],
      initial: 0.9,
    }),
    lionBeta2: real({
      label: 'Beta 2',
      name: 'Lion beta 2',
      hint: 'decay of the momentum',
      row: 'seldom',
      min: 0,
      max: 0.9999,
      stored: [0, 1],
      step: 0.001,
      initial: 0.99,
    }),
  },
  state: ({ shape }) => [{ name: 'lion.m', shape }],
  rates: (learningRate) => [learningRate],
  // Measured on small models: docs/benchmarks.md, "Learning rates of new models". AdamW's best rate there is 3 to 5 times as high.
  usualRate: (parameters) => Number((0.6 * adamw.usualRate(parameters)).toPrecision(2)),
  adapterRate: 2.5,
  torch: {
    class: 'Lion',
    arguments: { betas: ['lionBeta1', 'lionBeta2'] },
    moments: { 'lion.m': 'exp_avg' },
    counts: false,
  },
  async load() {
    const { lion: update } = await import('../ops/lion');
    return {
      update: (slots, rates, norm, { lionBeta1: beta1, lionBeta2: beta2, ...settings }) =>
        update(
          slots.map(({ moments, ...slot }) => ({ ...slot, m: moments[0]! })),
          rates,
          norm,
          { ...settings, beta1, beta2 },
        ),
    };
  },
});
