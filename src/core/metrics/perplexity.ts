import { scaleMetric } from './metric';

/** exp(loss): how many tokens the model hesitates between. Source: Jelinek et al. 1977 */
export const perplexity = scaleMetric(
  {
    label: 'Perplexity',
    unit: '',
    better: 'lower',
    says: 'how many tokens the model hesitates between',
    needs: 'text',
    python: 'math.exp(loss)',
  },
  { of: Math.exp, loss: Math.log },
);
