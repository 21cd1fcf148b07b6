import type { Reading } from '..';
import { fallingLoss } from './curves';

export const nothing = () => undefined;
export const training = fallingLoss(2640, 3.8, 0.16);
export const validation = fallingLoss(2600, 4.28, 0, 100);
export const forecast = { step: [2600, 3000, 3500, 4000], loss: [4.45, 4.41, 4.39, 4.38] };
export const references = [
  { loss: Math.log(2048), label: 'uniform' },
  { loss: Math.log(607), label: 'unigram' },
];
export const readings: readonly Reading[] = [
  { label: 'Step', value: '2,640', unit: 'of 4,000' },
  { label: 'Perplexity', value: '85.4', run: 2 },
  { label: 'Validation', value: '4.45', unit: 'nats', run: 2, isSecondary: true },
  { label: 'Training', value: '3.90', unit: 'nats', run: 1 },
  { label: 'Bits per byte', value: '2.02' },
  { label: 'Speed', value: '61,300', unit: 'tokens/s' },
  { label: 'Time left', value: '46', unit: 's' },
  { label: 'GPU memory', value: '134', unit: 'MB', isSecondary: true },
];

/** What the charts of losses are told in. */
export const perplexity = { label: 'Perplexity', name: 'perplexity', scale: { of: Math.exp, loss: Math.log } };
