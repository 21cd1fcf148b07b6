/** Pairs of an input and a target: likelihood of targets, and quality of generated answers. */
import { badSettings } from '../../base/errors';
import { type Job, withPauses } from '../../base/job';
import { type TextMetricId, textMetrics, TEXT_METRIC_IDS } from '../../metrics/text';
import { estimates } from '../../metrics/text/estimate';
import { scoreOf } from '../../metrics/text/textMetric';
import { answered } from '../../objectives/answers';
import { textOf } from '../../objectives/pairRows';
import { unigramLoss } from '../../objectives/unigram';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { Evaluation } from '../evaluation';
import { figureFacts } from '../figures';
import type { HeldPair } from '../heldPairs';
import { rowsOf } from '../likelihood';
import { targetScores } from '../targetScores';
import { NOT_COUNTED } from '../textBaselines';
import { whereItFails } from '../where';
import { figuresOf, withoutInterval } from './figuresOf';
import type { ReadingContext, Reading } from './reading';

export const FOR_PAIRS = {
  dataKind: 'pairs',
  evaluations: ['answers', 'nextTokens'],
  whyUnfit: 'The model can’t answer; it predicts masked tokens.',
} as const;

export const targets: Reading = {
  figures: ['loss', 'perplexity'],
  baselines: ['uniform', 'unigram'],
  ...FOR_PAIRS,
  async read(read) {
    const { network, tokenizer, request, pause, report } = read;
    const { pairs = [] } = request;
    checkHasPairs(pairs);
    const scores = await targetScores(network, tokenizer, pairs, { pause, report });
    const blocks = pairs.map(({ target }, document) => ({ document, from: 0, to: target.length + 1, bytes: 0 }));
    const losses = scores.map(({ loss }) => ({ loss, position: (token: number) => token + 1 }));
    const documents = pairs.map(({ target, source }) => ({ ids: target, bytes: 0, source }));
    const errorAnalysis = whereItFails(documents, losses, tokenizer, request);
    const { baselines, leftOut } = targetBaselines(pairs, tokenizer, request.counts);
    const rows = rowsOf(blocks, scores);
    const figures = await figuresOf({ loss: 'loss', perplexity: 'perplexity' }, rows, 'pair', read);
    return {
      metrics: figures.metrics,
      baselines,
      ...errorAnalysis,
      leftOut: [...figures.leftOut, ...leftOut, ...errorAnalysis.leftOut],
    };
  },
};

function targetBaselines(pairs: readonly HeldPair[], tokenizer: Tokenizer, counts?: ArrayLike<number>) {
  const targetCounts = new Uint32Array(tokenizer.size);
  for (const { target } of pairs) for (const id of [...target, tokenizer.endOfText]) targetCounts[id]!++;
  const figuresOf = (loss: number) => ({ loss, perplexity: Math.exp(loss) });
  const uniform = figuresOf(Math.log(tokenizer.size));
  return counts
    ? { baselines: { uniform, unigram: figuresOf(unigramLoss(counts, targetCounts)) }, leftOut: [] }
    : { baselines: { uniform }, leftOut: [{ name: 'unigram', reason: NOT_COUNTED }] };
}

export const answers: Reading = {
  figures: TEXT_METRIC_IDS,
  baselines: ['copy'],
  ...FOR_PAIRS,
  async read(read) {
    const { tokenizer, request, isRequested, pause } = read;
    const { pairs = [], seed } = request;
    checkHasPairs(pairs);
    const ids = TEXT_METRIC_IDS.filter(isRequested);
    const outputs = await generateAnswers(pairs, read);
    const references = pairs.map(({ target }) => textOf(tokenizer, target));
    const copies = pairs.map(({ input }, i) => ({ output: textOf(tokenizer, input), wanted: references[i]! }));
    const textMetricsById = textMetrics();
    const byId = <T>(valueOf: (id: TextMetricId) => T) => Object.fromEntries(ids.map((id) => [id, valueOf(id)]));
    const outputPairs = outputs.map((output, i) => ({ output, wanted: references[i]! }));
    const metricList = ids.map((id) => textMetricsById[id]);
    const estimated = await withPauses(estimates(metricList, outputPairs, seed), pause);
    const metrics: Evaluation['metrics'] = Object.fromEntries(
      ids.map((id, i) => [id, { ...estimated[i]!, unit: figureFacts(id).unit }]),
    );
    const leftOut = withoutInterval(metrics, pairs.length, 'pair');
    return { metrics, baselines: { copy: byId((id) => scoreOf(textMetricsById[id], copies)) }, leftOut };
  },
};

export function checkHasPairs(pairs: readonly HeldPair[]): void {
  if (pairs.length === 0) throw badSettings('There are no pairs to evaluate on.', 'Use a table that has rows.');
}

/** Generates answers in batches of targets of similar length. */
async function generateAnswers(pairs: readonly HeldPair[], { network, tokenizer, pause, report }: ReadingContext) {
  const outputs = new Array<string>(pairs.length);
  const order = [...pairs.keys()].sort((a, b) => pairs[a]!.target.length - pairs[b]!.target.length);
  const reportAnswered = (done: number): ReturnType<Job['report']> =>
    report({ label: 'Answering', done, of: pairs.length, unit: 'pairs' });
  for (let start = 0; start < order.length; start += BATCH_SIZE) {
    const batch = order.slice(start, start + BATCH_SIZE);
    const generated = await answered(
      network,
      tokenizer,
      batch.map((index) => pairs[index]!),
      pause,
    );
    for (const [i, index] of batch.entries()) outputs[index] = generated[i]!.given;
    reportAnswered(Math.min(order.length, start + BATCH_SIZE));
  }
  return outputs;
}
/** Batch size. */
const BATCH_SIZE = 64;
