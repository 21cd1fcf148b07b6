import { answersMetric } from './metric';
import { chrf as ofTexts } from './text/chrf';

export const chrf = answersMetric(
  ofTexts(),
  'how much of its answers is as was wanted, in runs of up to six characters',
);
