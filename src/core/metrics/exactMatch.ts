import { answersMetric } from './metric';
import { exactMatch as ofTexts } from './text/exactMatch';

export const exactMatch = answersMetric(ofTexts, 'share of answers equal to the reference');
