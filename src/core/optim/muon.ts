import { real } from '../base/field';
import type { MuonSlot } from '../ops/muon';
import { adamw } from './adamw';
import { defineOptimizer } from './optimizer';

/** Operations of five iterations with the products X X^T, A A and B X, over the shorter side. */
function newtonSchulzFlops(rows: number, columns: number): number {
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  return 5 * (4 * short ** 2 * long + 2 * short ** 3);
}

/** Orthogonal steps for matrices of linear layers, and AdamW for embeddings, the classifier, norms and biases. */
export const muon = defineOptimizer({
  label: 'Muon',
  hint: 'fewer but slower steps than AdamW',
  source:
    'Jordan et al. 2024, https://kellerjordan.github.io/posts/muon, with the scale of Liu et al. 2025, arXiv:2502.16982',
  fields: {
    muonMomentum: real({
      label: 'Momentum',
      name: 'Muon momentum',
      hint: 'for matrices',
      row: 'seldom',
      min: 0,
      max: 0.9999,
      stored: [0, 1],
      step: 0.01,
      initial: 0.95,
    }),
    ...adamw.fields,
  },
  state: (weight) => (weight.linear ? [{ name: 'muon.m', shape: weight.shape }] : adamw.state(weight)),
  rates: (learningRate, step, { beta1, beta2 }) => [learningRate, 1 - beta1 ** step, 1 - beta2 ** step],
  flops: ({ shape, linear, widths = [shape[1]!] }) =>
    linear ? widths.reduce((sum, width) => sum + newtonSchulzFlops(shape[0]!, width), 0) : 0,
  // Measured on small models: docs/benchmarks.md, "Learning rates of new models". Muon updates adapters as AdamW does.
  usualRate: (parameters) => Number((3 * adamw.usualRate(parameters)).toPrecision(1)),
  adapterRate: 5 / 3,
  torch: {
    class: 'Muon',
    arguments: { momentum: 'muonMomentum', betas: ['beta1', 'beta2'], eps: 'epsilon' },
    ofMatrices: { 'muon.m': 'momentum_buffer' },
    moments: { 'adam.m': 'exp_avg', 'adam.v': 'exp_avg_sq' },
    counts: true,
  },
  async load() {
    const [{ muon: update }, fallback] = await Promise.all([import('../ops/muon'), adamw.load()]);
    return {
      update(slots, rates, norm, { muonMomentum: momentum, ...settings }) {
        const matrices = slots.filter(({ weight }) => weight.linear);
        update(
          matrices.map(({ weight, moments, ...slot }): MuonSlot => {
            return { ...slot, m: moments[0]!, widths: weight.widths ?? [weight.shape[1]!] };
          }),
          rates,
          norm,
          { momentum, weightDecay: settings.weightDecay, clip: settings.clip },
        );
        const others = slots.filter(({ weight }) => !weight.linear);
        if (others.length > 0) fallback.update(others, rates, norm, settings);
      },
    };
  },
});
