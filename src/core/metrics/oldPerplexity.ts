import type { Metric, BatchResult } from './metric';

/** Perplexity on text from before the tuning: measures forgetting (McCloskey & Cohen 1989). */
export const oldPerplexity = {
  label: 'Perplexity of old text',
  unit: '',
  shortLabel: 'old text',
  better: 'lower',
  says: 'how many tokens the model hesitates between on old text',
  needs: 'run',
  start() {
    let value = NaN;
    return { add: ({ old = value }: BatchResult) => void (value = old), value: () => ({ value }) };
  },
} as const satisfies Metric;
