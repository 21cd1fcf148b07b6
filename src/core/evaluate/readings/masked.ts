/** A text of which some tokens are hidden: how likely each of them was, given all around it. */
import { summed } from '../../metrics/text/textMetric';
import { blocksOf } from '../blocks';
import { calibrationOf, rowsOf } from '../likelihood';
import { lengthOf, maskedScores } from '../maskedScores';
import { countsOf, whereItFails } from '../where';
import { hiddenBaselines } from '../hiddenBaselines';
import { figuresOf } from './figuresOf';
import type { Reading } from './reading';

const LIKE = {
  loss: 'loss',
  pseudoPerplexity: 'perplexity',
  maskedAccuracy: 'top1',
  calibrationError: 'calibrationError',
} as const;

export const masked: Reading = {
  figures: ['loss', 'pseudoPerplexity', 'maskedAccuracy', 'calibrationError'],
  baselines: ['uniform', 'unigram'],
  of: 'documents',
  kinds: ['encoder'],
  unfit: 'The model does not find hidden tokens.',
  async read({ network, tokenizer, asked, isAsked, pause, report }) {
    const { documents = [], seed } = asked;
    const scores = await maskedScores(network, tokenizer, documents, seed, { pause, report });
    const rows = rowsOf(blocksOf(documents, tokenizer), scores).filter(([, tokens]) => tokens! > 0);
    const length = lengthOf(network, tokenizer);
    const losses = scores.map(({ loss }) => ({ loss, position: (token: number) => (token % length) + 1 }));
    const fails = whereItFails(documents, losses, tokenizer, asked);
    const { baselines, leftOut } = hiddenBaselines(documents, scores, tokenizer, countsOf(asked, tokenizer.size));
    return {
      metrics: figuresOf(LIKE, isAsked, rows, seed),
      ...(isAsked('calibrationError') && { calibration: calibrationOf(summed(rows)) }),
      baselines,
      ...fails,
      leftOut: [...leftOut, ...fails.leftOut],
    };
  },
};
