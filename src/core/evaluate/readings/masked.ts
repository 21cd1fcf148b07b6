/** Masked tokens of a text: likelihood of each, given its context. */
import { badSettings } from '../../base/errors';
import { counted } from '../../base/units';
import { summed } from '../../metrics/intervals/units';
import { blocksOf, checkHasText } from '../blocks';
import { calibrationOf, rowsOf } from '../likelihood';
import { textCapacity, maskedScores } from '../maskedScores';
import { countsOf, whereItFails } from '../where';
import { hiddenBaselines } from '../hiddenBaselines';
import { figuresOf } from './figuresOf';
import type { Reading } from './reading';

const LIKELIHOOD_OF_FIGURE = {
  loss: 'loss',
  pseudoPerplexity: 'perplexity',
  maskedAccuracy: 'top1',
  calibrationError: 'calibrationError',
} as const;

export const masked: Reading = {
  figures: ['loss', 'pseudoPerplexity', 'maskedAccuracy', 'calibrationError'],
  baselines: ['uniform', 'unigram'],
  dataKind: 'documents',
  evaluations: ['maskedTokens'],
  whyUnfit: 'The model does not predict masked tokens.',
  async read(read) {
    const { network, tokenizer, request, isRequested, pause, report } = read;
    const { documents = [], seed } = request;
    checkHasText(documents);
    const scores = await maskedScores(network, tokenizer, documents, seed, { pause, report });
    const rows = rowsOf(blocksOf(documents, tokenizer), scores).filter(([, tokens]) => tokens! > 0);
    if (rows.length === 0)
      throw badSettings(
        `None of the ${counted(
          documents.reduce((sum, { ids }) => sum + ids.length, 0),
          'token',
        )} can be masked: they are all unknown to the tokenizer.`,
        'Use text like the training text of the model.',
      );
    const length = textCapacity(network, tokenizer);
    const losses = scores.map(({ loss }) => ({ loss, position: (token: number) => (token % length) + 1 }));
    const errorAnalysis = whereItFails(documents, losses, tokenizer, request);
    const { baselines, leftOut } = hiddenBaselines(documents, scores, tokenizer, countsOf(request, tokenizer.size));
    const figures = await figuresOf(LIKELIHOOD_OF_FIGURE, rows, 'piece', read);
    return {
      metrics: figures.metrics,
      ...(isRequested('calibrationError') && { calibration: calibrationOf(summed(rows)) }),
      baselines,
      ...errorAnalysis,
      leftOut: [...figures.leftOut, ...leftOut, ...errorAnalysis.leftOut],
    };
  },
};
