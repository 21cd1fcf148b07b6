import { real } from '../base/field';
import { defineOptimizer } from './optimizer';

/** Adam with decoupled weight decay. */
export const adamw = defineOptimizer({
  label: 'AdamW',
  hint: 'the usual choice',
  source: 'Loshchilov & Hutter 2017, arXiv:1711.05101',
  fields: {
    beta1: real({
      label: 'Beta 1',
      hint: 'decay of the gradient average',
      row: 'seldom',
      min: 0,
      max: 0.9999,
      stored: [0, 1],
      initial: 0.9,
    }),
    beta2: real({
      label: 'Beta 2',
      hint: 'decay of the squared average',
      row: 'seldom',
      min: 0,
      max: 0.99999,
      stored: [0, 1],
      step: 0.001,
      initial: 0.99,
    }),
    epsilon: real({
      label: 'Epsilon',
      hint: 'avoids division by 0',
      min: 1e-12,
      max: 0.1,
      stored: [0, Number.MAX_VALUE],
      initial: 1e-8,
    }),
  },
  state: ({ shape }) => [
    { name: 'adam.m', shape },
    { name: 'adam.v', shape },
  ],
  rates: (learningRate, step, { beta1, beta2 }) => [learningRate, 1 - beta1 ** step, 1 - beta2 ** step],
  // Kaplan et al. 2020, equation D.1: the best peak for Adam falls with the logarithm of the size.
  usualRate: (parameters) => Number(Math.max(1e-4, 0.003239 - 0.0001395 * Math.log(parameters)).toPrecision(1)),
  torch: {
    class: 'AdamW',
    arguments: { betas: ['beta1', 'beta2'], eps: 'epsilon' },
    moments: { 'adam.m': 'exp_avg', 'adam.v': 'exp_avg_sq' },
    counts: true,
  },
  async load() {
    const { adamw: update } = await import('../ops/adamw');
    return {
      update: (slots, rates, norm, settings) =>
        update(
          slots.map(({ moments, ...slot }) => ({ ...slot, m: moments[0]!, v: moments[1]! })),
          rates,
          norm,
          settings,
        ),
    };
  },
});
