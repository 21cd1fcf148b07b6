/** Predictions of every token of a passage. */
import { formatReading, formatShare } from '../../src/core/base/units';
import type { Prediction } from '../../src/core/inspect/prediction';
import { tokenText } from '../../src/core/inspect/tokenText';
import { inColumns } from '../table';
import { print } from '../terminal';
import { alternativesJson, inFloat, type Printer, quoted, textsOf } from './printer';

export const lossPrinter: Printer<'loss'> = {
  json({ passage, predictions }, tokenizer) {
    const loss = meanLoss(predictions);
    return {
      tokens: textsOf(tokenizer, passage.ids),
      ...(passage.source && { source: textsOf(tokenizer, passage.source) }),
      ...(loss !== undefined && { loss: inFloat(loss) }),
      predictions: predictions.map(({ position, expected, loss: ownLoss, rank, entropy, alternatives }) => ({
        position,
        ...(expected !== undefined && { token: tokenText(tokenizer, expected), loss: inFloat(ownLoss!), rank }),
        entropy: inFloat(entropy),
        alternatives: alternativesJson(tokenizer, alternatives),
      })),
    };
  },

  print({ predictions }, tokenizer) {
    const rows = predictions.map(({ expected, loss, rank, entropy, alternatives }) => {
      const likely = alternatives.map(({ id, probability }) => `${quoted(tokenizer, id)} ${formatShare(probability)}`);
      return [
        expected === undefined ? '' : quoted(tokenizer, expected),
        likely.join('  '),
        loss === undefined ? '' : formatReading(loss),
        rank === undefined ? '' : String(rank),
        formatReading(entropy),
      ];
    });
    for (const line of inColumns([['token', 'most probable', 'loss (nats)', 'rank', 'entropy (nats)'], ...rows], 2))
      print(line);
    const loss = meanLoss(predictions);
    if (loss !== undefined) print(`Mean loss ${formatReading(loss)} nats, perplexity ${formatReading(Math.exp(loss))}`);
  },
};

/** In nats; undefined if no token is known. */
function meanLoss(predictions: readonly Prediction[]): number | undefined {
  const losses = predictions.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  return losses.length > 0 ? losses.reduce((a, b) => a + b) / losses.length : undefined;
}
