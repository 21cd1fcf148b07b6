import type { Metric } from './metric';
import { found } from './share';

/** The share of texts whose labels the model finds. */
export const accuracy: Metric = {
  label: 'Accuracy',
  unit: '%',
  better: 'higher',
  says: 'share of texts with the right label',
  needs: 'labels',
  start: found,
};
