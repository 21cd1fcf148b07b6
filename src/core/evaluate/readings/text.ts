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

const FOR_CAUSAL_MODELS = {
  dataKind: 'documents',
  evaluations: ['nextTokens'],
  whyUnfit: 'The model is not a causal model: it can’t compute the likelihood of a text.',
} as const;

const LIKELIHOOD_OF_FIGURE = Object.fromEntries(LIKELIHOOD_IDS.map((id) => [id, id])) as Record<
  LikelihoodId,
  LikelihoodId
>;

export const text: Reading = {
  figures: LIKELIHOOD_IDS,
  baselines: ['uniform', 'unigram', 'bigram', 'trigram', 'gzip'],
  ...FOR_CAUSAL_MODELS,
  async read(read) {
    const { network, tokenizer, request, isRequested, pause, report } = read;
    const { documents = [] } = request;
    checkHasText(documents);
    const windows = endToEnd(network);
    const { rows, scores } = await scoreText(network, tokenizer, documents, windows, pause, report);
    const position = (token: number): number => (token % windows.context) + 1;
    const losses = scores.map(({ loss }) => ({ loss, position }));
    const errorAnalysis = whereItFails(documents, losses, tokenizer, request);
    const { baselines, leftOut } = await textBaselines(documents, tokenizer, request, pause);
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

export const strided: Reading = {
  figures: ['stridedPerplexity'],
  isOptIn: true,
  ...FOR_CAUSAL_MODELS,
  async read(read) {
    const { network, tokenizer, request, pause, report } = read;
    const { context } = network.choice.config;
    const { documents = [], stride = Math.max(1, Math.floor(context / 2)) } = request;
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
