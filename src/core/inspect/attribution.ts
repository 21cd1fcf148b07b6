/**
 * Attribution: how much each token of a passage adds to one logit. Three methods, whose agreement says how far to trust them:
 *
 *   gradient × input        the gradient by a token's embedding times the embedding (Shrikumar et al. 2017, arXiv:1605.01713)
 *   integrated gradients    its integral from a baseline, which sums to the difference of the logits (Sundararajan et al. 2017,
 *                           arXiv:1703.01365)
 *   leave-one-out           the fall of the logit if the baseline token replaces the token
 *
 * The embedding is the stream before the first layer. The baseline is the stream of the same passage with the end of text, or
 * in an encoder the mask, in place of each token. Special tokens stay, so their attribution is 0.
 */
import * as tf from '@tensorflow/tfjs';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import { yieldToEventLoop, type Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Hook, Output } from '../models/spec';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { forwardOf, kept } from './forward';
import { QUADRATURE } from './quadrature';
import { rankCorrelation } from './rankCorrelation';

/** A logit to explain: of a token after one position, or of a classifier's label. */
export interface Explained {
  /** What the model reads. */
  ids: readonly number[];
  source?: readonly number[];
  /** Index of the output that predicts; 0 in a classifier. */
  place: number;
  /** Id of the token, or index of the label. */
  output: number;
}
export const METHODS = ['gradientInput', 'integratedGradients', 'leaveOneOut'] as const;
export type Method = (typeof METHODS)[number];
/** Attribution of each token, in logits. `source`: of an encoder-decoder's encoder. */
export interface TokenAttribution {
  ids: readonly number[];
  source?: readonly number[];
}
export interface Attribution {
  logit: number;
  /** Logit of the baseline passage. */
  baselineLogit: number;
  /** Id of the token in the baseline. */
  baseline: number;
  methods: Readonly<Record<Method, TokenAttribution>>;
  /** Distance of the sum of the integrated gradients from the difference of the logits, and gradients that were computed. */
  gap: number;
  gradients: number;
  /** Rank correlation of each two methods over the tokens that can differ; NaN for fewer than two. */
  agreement: readonly { methods: readonly [Method, Method]; correlation: number }[];
}

export async function attribute(
  network: Network,
  tokenizer: Tokenizer,
  explained: Explained,
  pause: Pause = yieldToEventLoop,
): Promise<Attribution> {
  const { kind } = modelSpec(network.choice.id);
  const mask = tokenizer.special.find(({ role }) => role === 'mask')?.id;
  const baseline = kind === 'encoder' && mask !== undefined ? mask : tokenizer.endOfText;
  const replaced = (ids: readonly number[]): readonly number[] =>
    ids.map((id) => (tokenizer.specialOf(id) ? id : baseline));
  const { ids, source } = explained;
  const empty = { ...explained, ids: replaced(ids), ...(source && { source: replaced(source) }) };
  const streams = tf.tidy(() => [streamsOf(network, explained), streamsOf(network, empty)] as const);
  try {
    const [full, none] = streams;
    const { value: logit, grads } = await logitAndGradients(network, explained, full);
    const gradientInput = await attributions(full, grads);
    const { value: baselineLogit, grads: unused } = await logitAndGradients(network, explained, none);
    tf.dispose(unused);
    const integrated = await integratedGradients(network, explained, streams, { difference: logit - baselineLogit, logit, pause }); // prettier-ignore
    const leaveOneOut = await withoutEach(network, explained, empty, { logit, pause });
    const split = (flat: readonly number[]): TokenAttribution =>
      source ? { source: flat.slice(0, source.length), ids: flat.slice(source.length) } : { ids: flat };
    const all = { gradientInput, integratedGradients: integrated.values, leaveOneOut };
    const free = [...(source ?? []), ...ids].flatMap((id, i) =>
      !tokenizer.specialOf(id) && isSeen(network, explained, i) ? [i] : [],
    );
    const agreement = METHODS.flatMap((a, i) =>
      METHODS.slice(i + 1).map((b) => ({
        methods: [a, b] as const,
        correlation: rankCorrelation(free.map((at) => all[a][at]!), free.map((at) => all[b][at]!)), // prettier-ignore
      })),
    );
    const methods = { gradientInput: split(all.gradientInput), integratedGradients: split(all.integratedGradients), leaveOneOut: split(leaveOneOut) }; // prettier-ignore
    return { logit, baselineLogit, baseline, methods, gap: integrated.gap, gradients: integrated.gradients, agreement };
  } finally {
    tf.dispose(streams.flat());
  }
}

/** Whether the prediction sees this token. `i`: index in the source's ids and then the passage's. */
const isSeen = ({ choice }: Network, { source = [], place }: Explained, i: number): boolean =>
  modelSpec(choice.id).kind === 'encoder' || choice.config.classes !== undefined || i - source.length <= place;

/** Stream before the first layer: of the encoder, if there are two, then of the other stack. [T, width] each. */
function streamsOf(network: Network, { ids, source }: Explained): Tensor2D[] {
  const { all, hook } = kept((name, x) => (EMBEDDING.test(name) ? x : undefined));
  forwardOf(network, { ids, ...(source && { source }) }, { hook });
  return all;
}
const EMBEDDING = /^(encoder\.)?embedding$/;

/** The logit if the layers read these streams. */
function logitOf(network: Network, explained: Explained, streams: readonly Tensor2D[]): Scalar {
  const { ids, source } = explained;
  const hook: Hook = (name, x) => {
    if (name === 'encoder.embedding') return streams[0]!;
    return name === 'embedding' ? streams.at(-1)! : x;
  };
  return scoreOf(forwardOf(network, { ids, ...(source && { source }) }, { hook }), explained);
}

/** Product of one output with one row of the output matrix; `classify` has no gradient. */
function scoreOf({ hidden, classifier, bias }: Output, { place, output }: Pick<Explained, 'place' | 'output'>): Scalar {
  const score = tf.sum(tf.mul(tf.slice(hidden, [place, 0], [1, -1]), tf.slice(classifier, [output, 0], [1, -1])));
  return (bias ? tf.add(score, tf.slice(bias, [output], [1]).asScalar()) : score) as Scalar;
}

async function logitAndGradients(
  network: Network,
  explained: Explained,
  streams: readonly Tensor2D[],
): Promise<{ value: number; grads: Tensor2D[] }> {
  const { value, grads } = tf.tidy(() =>
    tf.valueAndGrads((...xs) => logitOf(network, explained, xs as Tensor2D[]))([...streams]),
  );
  const [logit] = await value.data<'float32'>();
  value.dispose();
  return { value: logit!, grads: grads as Tensor2D[] };
}

/** Sum over the columns of inputs times gradients, for each token; disposes the gradients. */
async function attributions(inputs: readonly Tensor2D[], grads: readonly Tensor2D[]): Promise<number[]> {
  const sums = tf.tidy(() => tf.concat(inputs.map((x, i) => tf.sum(tf.mul(x, grads[i]!), 1))));
  const values = [...(await sums.data<'float32'>())];
  tf.dispose([sums, ...grads]);
  return values;
}

/** Halves the intervals of the integral until it sums to the difference of the logits within TOLERANCE. */
async function integratedGradients(
  network: Network,
  explained: Explained,
  [full, none]: readonly [full: readonly Tensor2D[], none: readonly Tensor2D[]],
  { difference, logit, pause }: { difference: number; logit: number; pause: Pause },
): Promise<{ values: readonly number[]; gap: number; gradients: number }> {
  const paths = tf.tidy(() => full.map((x, i) => tf.sub<Tensor2D>(x, none[i]!)));
  try {
    let gradients = 0;
    for (let intervals = FIRST_INTERVALS; ; intervals *= 2) {
      let values: readonly number[] = [];
      for (let interval = 0; interval < intervals; interval++)
        for (const [point, weight] of QUADRATURE) {
          const share = (interval + point) / intervals;
          const between = tf.tidy(() => paths.map((path, i) => tf.add<Tensor2D>(none[i]!, tf.mul(path, share))));
          const { grads } = await logitAndGradients(network, explained, between);
          tf.dispose(between);
          const each = await attributions(paths, grads);
          values = each.map((value, i) => (values[i] ?? 0) + (value * weight) / intervals);
          gradients++;
          await pause();
        }
      const gap = Math.abs(values.reduce((a, b) => a + b, 0) - difference);
      const isClose = gap <= TOLERANCE * Math.abs(difference) || gap <= ROUNDING * Math.max(1, Math.abs(logit));
      if (isClose || intervals >= MAX_INTERVALS) return { values, gap, gradients };
    }
  } finally {
    tf.dispose(paths);
  }
}
const [FIRST_INTERVALS, MAX_INTERVALS] = [2, 64];
/** Share of the difference of the logits. */
const TOLERANCE = 0.005;
/** Share of a logit that rounding to 32 bits may change. */
const ROUNDING = 1e-5;

/** Fall of the logit if one token after the other is replaced; 0 for tokens that stay. */
async function withoutEach(
  network: Network,
  explained: Explained,
  { ids, source = [] }: Explained,
  { logit, pause }: { logit: number; pause: Pause },
): Promise<readonly number[]> {
  const original = [...(explained.source ?? []), ...explained.ids];
  const baseline = [...source, ...ids];
  const falls = new Array<number>(original.length).fill(0);
  for (const [i, id] of original.entries()) {
    if (id === baseline[i] || !isSeen(network, explained, i)) continue;
    const changed = original.with(i, baseline[i]!);
    const row = { ...explained, ids: changed.slice(source.length), ...(explained.source && { source: changed.slice(0, source.length) }) }; // prettier-ignore
    const result = tf.tidy(() => scoreOf(forwardOf(network, row), row));
    falls[i] = logit - (await result.data<'float32'>())[0]!;
    result.dispose();
    await pause();
  }
  return falls;
}
