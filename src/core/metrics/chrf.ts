import { answersMetric } from './metric';
import { chrf as ofTexts } from './text/chrf';

export const chrf = answersMetric(ofTexts(), 'overlap of answers and references in sequences of up to six characters');
