/**
 * Logit lens: what a model would predict if the layers after one were left out. Applies the model's own last norm and output
 * layer to the residual stream. Source: nostalgebraist 2020, "interpreting GPT: the logit lens".
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { yieldToEventLoop } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import { checkOverflow } from '../models/overflow';
import type { Output, Pass } from '../models/spec';
import { classify } from '../ops/classify';
import { softmaxSum } from '../sample/sampleToken';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { forwardOf, kept } from './forward';
import type { Passage } from './passage';
import { type Prediction, predictionOf } from './prediction';
import { predictingRows, type PredictionSettings, type Rows } from './rows';

/** The stream at one depth, as a prediction. */
export interface LensPrediction extends Prediction {
  /** Kullback-Leibler divergence of the lens from the output, KL(output ‖ lens), in nats; 0 after the last layer. */
  divergence: number;
  /** Probability and rank of the answer, the most probable token of the output. */
  answer: { probability: number; rank: number };
}
export interface Lens {
  /** Most probable token of the output. */
  answer: number;
  /** [layers + 1]: before the first layer, then after each. */
  depths: readonly LensPrediction[];
  /** First of `depths` whose most probable token is the answer. */
  firstLeads: number;
}

/**
 * Looks through each prediction of the passage.
 * @throws HomegrownError `bad-settings` from a classifier, or without a mask token; `diverged`
 */
export async function logitLens(
  network: Network,
  tokenizer: Tokenizer,
  passage: Passage,
  { predictions = passage.predictions, count, pause = yieldToEventLoop }: PredictionSettings,
): Promise<readonly Lens[]> {
  const { layers } = network.choice.config;
  const { vocabulary } = network.choice;
  const apply = await outputLayer(network);
  const found: Lens[] = [];
  for (const rows of predictingRows(network, tokenizer, passage, predictions)) {
    const streams = streamsOf(network, rows);
    try {
      const part = Math.max(1, Math.floor(MAX_LOGITS / (vocabulary * (layers + 1))));
      for (let first = 0; first < rows.predictions.length; first += part) {
        const some = rows.predictions.slice(first, first + part);
        const logits = await scoresOf(apply, streams, first, some.length);
        for (const [i, { expected }] of some.entries()) {
          const at = (depth: number) => logits.subarray((depth * some.length + i) * vocabulary, (depth * some.length + i + 1) * vocabulary); // prettier-ignore
          found.push(
            lensOf(
              Array.from({ length: layers + 1 }, (_, depth) => at(depth)),
              expected,
              count,
            ),
          );
        }
        await pause();
      }
    } finally {
      tf.dispose(streams);
    }
  }
  return found;
}
/** Logits in memory at once: 64 MB of float32. */
const MAX_LOGITS = 2 ** 24;

/** Residual stream at each depth, at the places of the predictions: [predictions, width]. */
function streamsOf(network: Network, rows: Rows): Tensor2D[] {
  const { all, hook } = kept((name, x) => (STREAM.test(name) ? tf.gather(x, tf.tensor1d([...rows.places], 'int32')) : undefined)); // prettier-ignore
  tf.tidy(() => void forwardOf(network, rows, { hook }));
  return all;
}
const STREAM = /^(embedding|blocks\.\d+\.out)$/;

/** Logits of some predictions at each depth, [depths, predictions, vocabulary]. */
async function scoresOf(
  apply: (stream: Tensor2D) => Output,
  streams: readonly Tensor2D[],
  first: number,
  count: number,
): Promise<Float32Array> {
  const result = tf.tidy(() =>
    classify(
      apply(
        tf.concat2d(
          streams.map((stream) => tf.slice(stream, [first, 0], [count, -1])),
          0,
        ),
      ),
    ),
  );
  const logits = await result.data<'float32'>();
  result.dispose();
  return logits;
}

/** Returns the model without its layers: its last norm and output layer, applied to a stream [rows, width]. */
async function outputLayer({ choice, params }: Network): Promise<(stream: Tensor2D) => Output> {
  const { forward } = await modelSpec(choice.id).load();
  const pass: Pass = { config: { ...choice.config, layers: 0 }, params, dropout: 0 };
  const anyIds = (rows: number) => tf.zeros<tf.Rank.R2>([rows, 1], 'int32');
  return (stream) => {
    const withStream: Pass = { ...pass, hook: (name, x) => (name === 'embedding' ? stream : x) };
    const ids = anyIds(stream.shape[0]);
    if (!forward.decode) return forward.encode!(withStream, ids);
    return forward.decode(withStream, ids, forward.encode?.(pass, anyIds(1)));
  };
}

/** @param depths logits [vocabulary] at each depth; the last are the output's */
function lensOf(depths: readonly Float32Array[], expected: number | undefined, count: number): Lens {
  const output = depths.at(-1)!;
  checkOverflow(output);
  const answer = output.reduce((best, logit, id) => (logit > output[best]! ? id : best), 0);
  const predictions = depths.map((logits): LensPrediction => {
    const { loss, rank } = predictionOf(logits, answer, 0);
    return {
      ...predictionOf(logits, expected, count),
      divergence: divergence(output, logits),
      answer: { probability: Math.exp(-loss!), rank: rank! },
    };
  });
  return { answer, depths: predictions, firstLeads: predictions.findIndex(({ answer: { rank } }) => rank === 1) };
}

/** KL(p ‖ q) in nats, of the distributions of two sets of logits. */
function divergence(p: Float32Array, q: Float32Array): number {
  const [ofP, ofQ] = [softmaxSum(p), softmaxSum(q)];
  const shift = ofQ.highest + Math.log(ofQ.total) - (ofP.highest + Math.log(ofP.total));
  let sum = 0;
  for (const [i, logit] of p.entries()) sum += Math.exp(logit - ofP.highest) * (logit - q[i]! + shift);
  return Math.max(0, sum / ofP.total);
}
