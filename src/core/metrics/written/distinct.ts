import { around } from '../intervals/jackknife';
import { gramsOf, type WrittenMetric } from './writtenMetric';

/**
 * Share of distinct n-grams over all texts. The bootstrap is biased, because it draws texts twice and so repeats their
 * n-grams. The interval is therefore the jackknife's, whose variance is at least the true one (Efron & Stein 1981).
 */
export const distinct = (n: 1 | 2): WrittenMetric => ({
  label: `Distinct-${n}`,
  unit: '%',
  better: 'higher',
  says: n === 1 ? 'share of distinct words in generated text' : 'share of distinct word pairs in generated text',
  source: 'Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models", arXiv:1510.03055',
  signature: `case:mixed|tok:words|n:${n}|of:all texts`,
  of(texts) {
    /** N-gram -> the only text that has it, or SEVERAL. */
    const where = new Map<string, number>();
    const lengths = texts.map((words, text) => {
      const grams = gramsOf(words, n);
      for (const gram of grams) where.set(gram, (where.get(gram) ?? text) === text ? text : SEVERAL);
      return grams.length;
    });
    const own = new Uint32Array(texts.length);
    for (const text of where.values()) if (text !== SEVERAL) own[text]!++;
    const all = lengths.reduce((a, b) => a + b, 0);
    const value = (100 * where.size) / all;
    const others = lengths.map((length, text) => (100 * (where.size - own[text]!)) / (all - length));
    return { value, ...around(value, others, { min: 0, max: 100 }) };
  },
});
const SEVERAL = -1;
