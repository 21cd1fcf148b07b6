import type { Metric } from './metric';
import { found } from './share';

/** Share of texts whose labels the model predicts correctly. */
export const accuracy: Metric = {
  label: 'Accuracy',
  unit: '%',
  better: 'higher',
  says: 'share of texts with the right label',
  needs: 'labels',
  start: found,
};
