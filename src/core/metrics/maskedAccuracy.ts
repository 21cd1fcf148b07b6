import type { Metric } from './metric';
import { shareOf } from './share';

/** The share of hidden tokens that the model finds: its likeliest is the one that stood there. */
export const maskedAccuracy: Metric = {
  label: 'Masked accuracy',
  unit: '%',
  better: 'higher',
  says: 'how many of the hidden tokens the model finds',
  needs: 'masked',
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
