/** A text read by a causal model: likelihood of each token, given those before it. */
import { badSettings } from '../../base/errors';
import { formatCount } from '../../base/units';
import { summed } from '../../metrics/intervals/units';
import { calibrationOf, LIKELIHOOD_IDS, type LikelihoodId } from '../likelihood';
import { endToEnd, scoreText, stridedBy } from '../ofText';
import { checkHasText } from '../blocks';
import { textBaselines } from '../textBaselines';
import { whereItFails } from '../where';
import { figuresOf } from './figuresOf';
import type { Reading } from './reading';

const LEFT_TO_RIGHT = {
  of: 'documents',
  models: ['nextTokens'],
  unfit: 'The model is not a causal model: it can’t compute the likelihood of a text.',
} as const;

const LIKE = Object.fromEntries(LIKELIHOOD_IDS.map((id) => [id, id])) as Record<LikelihoodId, LikelihoodId>;

export const text: Reading = {
  figures: LIKELIHOOD_IDS,
  baselines: ['uniform', 'unigram', 'bigram', 'trigram', 'gzip'],
  ...LEFT_TO_RIGHT,
  async read(read) {
    const { network, tokenizer, asked, isAsked, pause, report } = read;
    const { documents = [] } = asked;
    checkHasText(documents);
    const windows = endToEnd(network);
    const { rows, scores } = await scoreText(network, tokenizer, documents, windows, pause, report);
    const position = (token: number): number => (token % windows.context) + 1;
    const losses = scores.map(({ loss }) => ({ loss, position }));
    const fails = whereItFails(documents, losses, tokenizer, asked);
    const { baselines, leftOut } = await textBaselines(documents, tokenizer, asked, pause);
    const figures = await figuresOf(LIKE, rows, 'piece', read);
    return {
      metrics: figures.metrics,
      ...(isAsked('calibrationError') && { calibration: calibrationOf(summed(rows)) }),
      baselines,
      ...fails,
      leftOut: [...figures.leftOut, ...leftOut, ...fails.leftOut],
    };
  },
};

export const strided: Reading = {
  figures: ['stridedPerplexity'],
  onlyAsked: true,
  ...LEFT_TO_RIGHT,
  async read(read) {
    const { network, tokenizer, asked, pause, report } = read;
    const { context } = network.choice.config;
    const { documents = [], stride = Math.max(1, Math.floor(context / 2)) } = asked;
    if (stride > context)
      throw badSettings(
        `The stride of ${formatCount(stride)} is longer than the context of ${formatCount(context)}.`,
        'Use a shorter stride.',
      );
    checkHasText(documents);
    const { rows } = await scoreText(network, tokenizer, documents, stridedBy(network, stride), pause, report);
    return figuresOf({ stridedPerplexity: 'perplexity' }, rows, 'piece', read);
  },
};
