import { Matrix } from './Matrix';

/** A confusion matrix of example data, for an empty page. */
export const ExampleMatrix = () => <Matrix labels={LABELS} counts={COUNTS} shows="count" />;

const LABELS = ['Loans', 'Hours', 'Gifts'] as const;
const COUNTS = [
  [53, 3, 1],
  [2, 41, 0],
  [1, 2, 27],
] as const;
