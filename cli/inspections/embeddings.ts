/** Nearest tokens and a map of the vocabulary. */
import { formatReading, formatShare } from '../../src/core/base/units';
import { tokenText } from '../../src/core/inspect/tokenText';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer, quoted } from './printer';

export const embeddingsPrinter: Printer<'embeddings'> = {
  json({ tokens, map: { points, shares } }, tokenizer) {
    return {
      tokens: tokens.map(({ id, nearest }) => ({
        token: tokenText(tokenizer, id),
        nearest: nearest.map((each) => ({
          token: tokenText(tokenizer, each.id),
          similarity: inFloat(each.similarity),
        })),
      })),
      shares: shares.map(inFloat),
      map: Array.from({ length: points.length / 2 }, (_, id) => ({
        token: tokenText(tokenizer, id),
        x: inFloat(points[2 * id]!),
        y: inFloat(points[2 * id + 1]!),
      })),
    };
  },

  print({ tokens, map: { shares } }, tokenizer) {
    const rows = tokens.map(({ id, nearest }) => [
      quoted(tokenizer, id),
      nearest.map((each) => `${quoted(tokenizer, each.id)} ${formatReading(each.similarity)}`).join('  '),
    ]);
    for (const line of inColumns([['token', 'nearest (cosine)'], ...rows], 2)) print(line);
    print(`The first two principal components hold ${shares.map(formatShare).join(' and ')} of the variance. --json has the map.`); // prettier-ignore
  },
};
