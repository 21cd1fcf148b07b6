import type { Metric } from './metric';
import { found } from './share';

/** Share of masked tokens that the model predicts: the likeliest token is the original. */
export const maskedAccuracy: Metric = {
  label: 'Masked accuracy',
  unit: '%',
  better: 'higher',
  says: 'share of masked tokens predicted correctly',
  needs: 'masked',
  start: found,
};
