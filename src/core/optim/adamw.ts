import { adamw as update } from '../ops/adamw';
import type { Optimizer } from './optimizer';

/** Adam with decoupled weight decay: Loshchilov & Hutter 2017, arXiv:1711.05101. */
export const adamw: Optimizer = {
  label: 'AdamW',
  moments: ['adam.m', 'adam.v'],
  rates: (learningRate, step, { beta1, beta2 }) => [learningRate, 1 - beta1 ** step, 1 - beta2 ** step],
  update: (slots, rates, norm, settings) =>
    update(
      slots.map(({ moments, ...slot }) => ({ ...slot, m: moments[0]!, v: moments[1]! })),
      rates,
      norm,
      settings,
    ),
};
