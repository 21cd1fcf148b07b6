import { meanMetric } from './metric';

/** Loss in bits per byte of text, comparable across tokenizers. Source: Gao et al. 2020, arXiv:2101.00027 */
export const bitsPerByte = meanMetric(
  {
    label: 'Bits per byte',
    unit: '',
    better: 'lower',
    remark: 'which can be compared across tokenizers; perplexity cannot',
    needs: 'bytes',
    python: 'loss * tokens / (bytes * math.log(2))',
  },
  (loss, { tokens, bytes }) => (loss * tokens) / (bytes * Math.LN2),
);
