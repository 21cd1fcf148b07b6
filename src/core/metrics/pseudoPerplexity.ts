import { scaleMetric } from './metric';

/** exp(loss) on masked tokens. Source: Salazar et al. 2020, arXiv:1910.14659, who mask one token at a time */
export const pseudoPerplexity = scaleMetric(
  {
    label: 'Pseudo-perplexity',
    shortLabel: 'pseudo-ppl',
    unit: '',
    better: 'lower',
    says: 'how many tokens the model hesitates between for a masked token',
    remark: 'which depends on the mask rate and does not compare with perplexity',
    needs: 'masked',
  },
  { of: Math.exp, loss: Math.log },
);
