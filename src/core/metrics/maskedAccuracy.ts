import type { Metric } from './metric';
import { found } from './share';

/** The share of hidden tokens that the model finds: its likeliest is the one that stood there. */
export const maskedAccuracy: Metric = {
  label: 'Masked accuracy',
  unit: '%',
  better: 'higher',
  says: 'share of masked tokens predicted correctly',
  needs: 'masked',
  start: found,
};
