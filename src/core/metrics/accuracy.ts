import type { Metric } from './metric';
import { shareOf } from './share';

/** The share of texts whose labels the model finds. */
export const accuracy: Metric = {
  label: 'Accuracy',
  unit: '%',
  better: 'higher',
  says: 'how many of the texts get the right label',
  needs: 'labels',
  start() {
    let [right, all] = [0, 0];
    return {
      add({ correct = 0, weight }) {
        right += correct;
        all += weight;
      },
      value: () => shareOf(right, all),
    };
  },
};
