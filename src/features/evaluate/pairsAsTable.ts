/** Sentence pairs as an editable table. */
import { csvOf } from '../../core/base/csv';
import type { SentencePair } from '../../core/evaluate/minimalPairs';

export const pairsAsTable = (pairs: readonly SentencePair[]): string =>
  csvOf([['first', 'second', 'kind'], ...pairs.map(({ first, second, kind }) => [first, second, kind])]).replaceAll(
    '\r\n',
    '\n',
  );
