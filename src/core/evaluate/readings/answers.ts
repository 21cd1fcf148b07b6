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
import type { Read, Reading } from './reading';

export const ANSWERING = {
  of: 'pairs',
  models: ['answers', 'nextTokens'],
  unfit: 'The model can’t answer; it predicts masked tokens.',
} as const;

export const targets: Reading = {
  figures: ['loss', 'perplexity'],
  baselines: ['uniform', 'unigram'],
  ...ANSWERING,
  async read(read) {
    const { network, tokenizer, asked, pause, report } = read;
    const { pairs = [] } = asked;
    checkHasPairs(pairs);
    const scores = await targetScores(network, tokenizer, pairs, { pause, report });
    const blocks = pairs.map(({ target }, document) => ({ document, from: 0, to: target.length + 1, bytes: 0 }));
    const losses = scores.map(({ loss }) => ({ loss, position: (token: number) => token + 1 }));
    const documents = pairs.map(({ target, source }) => ({ ids: target, bytes: 0, source }));
    const fails = whereItFails(documents, losses, tokenizer, asked);
    const { baselines, leftOut } = ofTargets(pairs, tokenizer, asked.counts);
    const rows = rowsOf(blocks, scores);
    const figures = await figuresOf({ loss: 'loss', perplexity: 'perplexity' }, rows, 'pair', read);
    return {
      metrics: figures.metrics,
      baselines,
      ...fails,
      leftOut: [...figures.leftOut, ...leftOut, ...fails.leftOut],
    };
  },
};

function ofTargets(pairs: readonly HeldPair[], tokenizer: Tokenizer, counts?: ArrayLike<number>) {
  const wanted = new Uint32Array(tokenizer.size);
  for (const { target } of pairs) for (const id of [...target, tokenizer.endOfText]) wanted[id]!++;
  const figuresOf = (loss: number) => ({ loss, perplexity: Math.exp(loss) });
  const uniform = figuresOf(Math.log(tokenizer.size));
  return counts
    ? { baselines: { uniform, unigram: figuresOf(unigramLoss(counts, wanted)) }, leftOut: [] }
    : { baselines: { uniform }, leftOut: [{ name: 'unigram', reason: NOT_COUNTED }] };
}

export const answers: Reading = {
  figures: TEXT_METRIC_IDS,
  baselines: ['copy'],
  ...ANSWERING,
  async read(read) {
    const { tokenizer, asked, isAsked, pause } = read;
    const { pairs = [], seed } = asked;
    checkHasPairs(pairs);
    const ids = TEXT_METRIC_IDS.filter(isAsked);
    const outputs = await answersTo(pairs, read);
    const wanted = pairs.map(({ target }) => textOf(tokenizer, target));
    const copies = pairs.map(({ input }, i) => ({ output: textOf(tokenizer, input), wanted: wanted[i]! }));
    const all = textMetrics();
    const ofEach = <T>(of: (id: TextMetricId) => T) => Object.fromEntries(ids.map((id) => [id, of(id)]));
    const given = outputs.map((output, i) => ({ output, wanted: wanted[i]! }));
    const own = ids.map((id) => all[id]);
    const found = await withPauses(estimates(own, given, seed), pause);
    const metrics: Evaluation['metrics'] = Object.fromEntries(
      ids.map((id, i) => [id, { ...found[i]!, unit: figureFacts(id).unit }]),
    );
    const leftOut = withoutInterval(metrics, pairs.length, 'pair');
    return { metrics, baselines: { copy: ofEach((id) => scoreOf(all[id], copies)) }, leftOut };
  },
};

export function checkHasPairs(pairs: readonly HeldPair[]): void {
  if (pairs.length === 0) throw badSettings('There are no pairs to evaluate on.', 'Use a table that has rows.');
}

/** Generates answers in batches of targets of similar length. */
async function answersTo(pairs: readonly HeldPair[], { network, tokenizer, pause, report }: Read) {
  const outputs = new Array<string>(pairs.length);
  const order = [...pairs.keys()].sort((a, b) => pairs[a]!.target.length - pairs[b]!.target.length);
  const reportAnswered = (done: number): ReturnType<Job['report']> =>
    report({ label: 'Answering', done, of: pairs.length, unit: 'pairs' });
  for (let first = 0; first < order.length; first += ROWS) {
    const some = order.slice(first, first + ROWS);
    const given = await answered(
      network,
      tokenizer,
      some.map((place) => pairs[place]!),
      pause,
    );
    for (const [i, place] of some.entries()) outputs[place] = given[i]!.given;
    reportAnswered(Math.min(order.length, first + ROWS));
  }
  return outputs;
}
/** Batch size. */
const ROWS = 64;
