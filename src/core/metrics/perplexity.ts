import { scaleMetric } from './metric';

/** How many tokens the model hesitates between: exp(loss) (Jelinek et al. 1977). */
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
