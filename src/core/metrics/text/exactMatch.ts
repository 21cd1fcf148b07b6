import { meanOfPairs, wordsOf } from './textMetric';

/** Share of outputs equal to the reference, ignoring whitespace at the ends and repeated whitespace. */
export const exactMatch = meanOfPairs(
  {
    label: 'Exact match',
    unit: '%',
    better: 'higher',
    source:
      'Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text", without its normalisation of words',
    signature: 'nrefs:1|case:mixed|space:joined',
    isShare: true,
  },
  100,
  (output, wanted) => (wordsOf(output).join(' ') === wordsOf(wanted).join(' ') ? 1 : 0),
);
