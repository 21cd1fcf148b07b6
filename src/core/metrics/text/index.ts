/** List of text metrics. To add one, write its file and add a line here. */
import { bleu, type BleuTokenizer } from './bleu';
import { chrf } from './chrf';
import { exactMatch } from './exactMatch';
import { rouge } from './rouge';
import { ter } from './ter';
import type { TextMetric } from './textMetric';

/** Variants of some metrics. */
export interface Variants {
  /** Tokenizer of BLEU. */
  tokenize: BleuTokenizer;
  /** Whether ROUGE stems words. */
  stemming: boolean;
}
export const VARIANTS = { tokenize: ['13a', 'intl', 'char'] } as const satisfies { tokenize: readonly BleuTokenizer[] };

/** Text metrics by their names in the terminal and in files, which do not change. */
export const textMetrics = ({ tokenize = '13a', stemming = false }: Partial<Variants> = {}) =>
  ({
    bleu: bleu(tokenize),
    chrf: chrf(),
    'chrf++': chrf(2),
    ter,
    rouge1: rouge(1, stemming),
    rouge2: rouge(2, stemming),
    rougeL: rouge('L', stemming),
    exactMatch,
  }) as const satisfies Record<string, TextMetric>;
export type TextMetricId = keyof ReturnType<typeof textMetrics>;
export const TEXT_METRIC_IDS = Object.keys(textMetrics()) as TextMetricId[];
