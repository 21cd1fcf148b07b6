import { answersMetric } from './metric';
import { exactMatch as ofTexts } from './text/exactMatch';

export const exactMatch = answersMetric(ofTexts, 'how many of its answers are what was wanted, letter by letter');
