import { exactMatch } from '../text/exactMatch';
import type { TextMetric } from '../text/textMetric';

/** Share of correct labels. */
export const accuracy: TextMetric = {
  ...exactMatch,
  label: 'Accuracy',
  source: 'as accuracy_score of scikit-learn 1 reckons it; Wilson 1927 for where it lies',
  signature: 'case:mixed|space:joined|interval:wilson',
};
