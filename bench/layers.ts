import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { ACTIVATION, ACTIVATIONS, type Activation } from '../src/core/ops/activation';
import { ATTENTION } from '../src/core/ops/attention';
import { CACHE_ROWS } from '../src/core/ops/cacheRows';
import { CLASSIFY } from '../src/core/ops/classify';
import { DROPOUT } from '../src/core/ops/dropout';
import { EMBEDDING } from '../src/core/ops/embedding';
import { FEED_FORWARD } from '../src/core/ops/feedForward';
import { GATED } from '../src/core/ops/gated';
import { LAYER_NORM } from '../src/core/ops/layerNorm';
import { LOGIT_BYTES } from '../src/core/ops/logitBytes';
import { LOW_RANK } from '../src/core/ops/lowRank';
import { run } from '../src/core/ops/op';
import { QK_NORM } from '../src/core/ops/qkNorm';
import { RELATIVE_BIAS } from '../src/core/ops/relativeBias';
import { RMS_NORM } from '../src/core/ops/rmsNorm';
import { ROPE } from '../src/core/ops/rope';
import { SOFTMAX_CROSS_ENTROPY } from '../src/core/ops/softmaxCrossEntropy';
import type { Shape } from './step';
import { both, tokens, uniform, type Work } from './work';

/** Every op of a model, forward and backward. */
export function* layers({ context, width, heads, batch, vocabulary }: Shape): Generator<Work> {
  const rows = batch * context;
  const wide = rows * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  const [vector, inner] = [() => uniform([width]), 4 * width];
  const head = () => uniform([width / heads]);
  const mlp = () => ({
    x: x(),
    inWeight: uniform<tf.Rank.R2>([width, inner]),
    inBias: uniform([inner]),
    outWeight: uniform<tf.Rank.R2>([inner, width]),
    outBias: vector(),
    residual: x(),
  });
  const mlpBytes = 4 * (2 * wide + 2 * rows * inner + 2 * width * inner);
  const gatedMlp = () => ({
    x: x(),
    inWeight: uniform<tf.Rank.R2>([width, 2 * inner]),
    outWeight: uniform<tf.Rank.R2>([inner, width]),
    residual: x(),
  });
  const gatedMlpBytes = 4 * (2 * wide + 3 * rows * inner + 3 * width * inner);
  const gated = () => ({ x: uniform<tf.Rank.R2>([rows, 2 * inner]) });
  for (const kind of Object.keys(ACTIVATIONS) as Activation[]) {
    yield* both(`feed-forward, ${kind}`, FEED_FORWARD, mlp, { activation: kind }, 4 * wide * inner, mlpBytes);
    const glu = { activation: kind, gated: true };
    yield* both(`feed-forward gated by ${kind}`, FEED_FORWARD, gatedMlp, glu, 6 * wide * inner, gatedMlpBytes);
    yield* both(kind, ACTIVATION, () => ({ x: uniform([rows, inner]) }), kind, undefined, 8 * rows * inner);
    yield* both(`gated by ${kind}`, GATED, gated, kind, undefined, 12 * rows * inner);
  }
  const [rank, out] = [8, 3 * width];
  const adapted = () => ({
    x: x(),
    weight: uniform<tf.Rank.R2>([width, out]),
    bias: uniform([out]),
    down: uniform<tf.Rank.R2>([width, rank]),
    up: uniform<tf.Rank.R2>([rank, out]),
  });
  const adaptedFlops = 2 * rows * (width * out + rank * (width + out));
  yield* both('linear with LoRA', LOW_RANK, adapted, { scale: 2 }, adaptedFlops, 4 * (4 * wide + width * out));
  const qkv = () => ({ qkv: uniform<tf.Rank.R2>([rows, 3 * width]) });
  const causal = { rows: batch, heads, causal: true };
  yield* both('attention', ATTENTION, qkv, causal, 2 * wide * context, 16 * wide);
  const window = context / 4; // a query sees 7 / 8 of the window on average
  yield* both('attention in a window', ATTENTION, qkv, { ...causal, window }, wide * window * 3.5, 16 * wide);
  const dropout = { probability: 0.1, purpose: 'bench' };
  const counted = () => ({ ...qkv(), counter: tf.tensor1d([1, 1], 'int32') });
  yield* both('attention with dropout', ATTENTION, counted, { ...causal, dropout }, 2 * wide * context, 16 * wide);
  const biased = () => ({ ...qkv(), bias: uniform<tf.Rank.R3>([heads, context, context]) });
  const biasBytes = 4 * heads * context ** 2;
  yield* both('attention with a bias', ATTENTION, biased, causal, 2 * wide * context, 16 * wide + biasBytes);
  const relative = { queries: context, keys: context, buckets: 32, maxDistance: 128, bidirectional: false };
  const byDistance = () => ({ table: uniform<tf.Rank.R2>([relative.buckets, heads]) });
  yield* both('relativeBias', RELATIVE_BIAS, byDistance, relative, undefined, biasBytes);
  yield {
    op: 'keys and values of one token into a cache',
    bytes: 16 * width,
    make: () => [
      tf.variable(tf.zeros([context, 2 * width]), false),
      uniform([1, 3 * width]),
      tf.tensor1d([context - 1], 'int32'),
    ],
    ours: ([cache, row, position]) => {
      CACHE_ROWS.webgpu!(cache as tf.Variable, row as tf.Tensor2D, position as tf.Tensor1D);
    },
    theirs: ([cache, row]) => {
      const before = tf.slice(cache!, [0, 0], [context - 1, 2 * width]);
      (cache as tf.Variable).assign(tf.concat([before, tf.slice(row!, [0, width], [1, 2 * width])]));
    },
  };
  yield {
    op: 'attention of one query over a full context',
    flops: 4 * wide,
    bytes: 8 * wide,
    make: () => [uniform([batch, width]), uniform([rows, 2 * width])],
    ours: (given) => void ATTENTION.webgpu!.forward(cached(given), { ...causal, causal: false }),
    theirs: (given) => void ATTENTION.reference.forward(cached(given), { ...causal, causal: false }),
  };
  const turned = { rows: batch, heads: 2 * heads, headSize: width / heads, base: 10_000 };
  yield* both('rope', ROPE, () => ({ x: uniform<tf.Rank.R2>([rows, 3 * width]) }), turned, undefined, 24 * wide);
  const headed = () => ({ x: uniform<tf.Rank.R2>([rows, 3 * width]), qGain: head(), kGain: head() });
  const normedHeads = { rows: batch, heads, kvHeads: heads, base: 10_000, epsilon: 1e-6 };
  yield* both('qkNorm', QK_NORM, headed, normedHeads, undefined, 24 * wide);
  const normed = () => ({ x: x(), gain: vector(), bias: vector() });
  yield* both('layerNorm', LAYER_NORM, normed, { epsilon: 1e-5 }, undefined, 8 * wide);
  const scaled = () => ({ x: x(), gain: vector() });
  yield* both('layerNorm without bias', LAYER_NORM, scaled, { epsilon: 1e-5 }, undefined, 8 * wide);
  yield* both('rmsNorm', RMS_NORM, scaled, { epsilon: 1e-6 }, undefined, 8 * wide);
  yield {
    op: 'dropout with residual',
    bytes: 12 * wide,
    make: () => [x(), x(), tf.tensor1d([1, 1], 'int32')],
    ours: ([given, residual, counter]) =>
      void DROPOUT.webgpu!.forward({ x: given!, residual, counter: counter! }, { probability: 0.1, purpose: 'bench' }),
    theirs: ([given, residual]) => void tf.add(tf.dropout(given!, 0.1), residual!),
  };
  const ids = <R extends tf.Rank>(shape: tf.ShapeMap[R]) => tf.tensor<R>(tokens(rows, vocabulary), shape, 'int32');
  const table = () => uniform<tf.Rank.R2>([vocabulary, width]);
  const looked = () => ({
    ids: ids<tf.Rank.R2>([batch, context]),
    tokens: table(),
    positions: uniform<tf.Rank.R2>([context, width]),
  });
  yield* both('embedding', EMBEDDING, looked, { vocabulary, places: context }, undefined, 8 * wide);
  // Includes gradients, which the loss computes along with its value.
  const classified = () => ({
    hidden: x(),
    classifier: table(),
    targets: ids<tf.Rank.R1>([rows]),
    weight: tf.tensor1d([rows], 'int32'),
  });
  const logits = rows * vocabulary;
  yield {
    op: 'softmaxCrossEntropy with its gradients',
    flops: 6 * logits * width,
    bytes: 4 * (2 * wide + 2 * vocabulary * width + 2 * logits),
    make: () => Object.values(classified()),
    ours: (given) => lossOf(SOFTMAX_CROSS_ENTROPY.webgpu!, given),
    theirs: (given) => lossOf(SOFTMAX_CROSS_ENTROPY.reference, given),
  };
  yield {
    op: 'classify one row',
    flops: 2 * vocabulary * width,
    bytes: 4 * vocabulary * width,
    make: () => [uniform([1, width]), table()],
    ours: (given) => void CLASSIFY.webgpu!(scored(given)),
    theirs: (given) => void CLASSIFY.reference(scored(given)),
  };
}

const cached = ([q, kv]: readonly Tensor[]) => ({ q: q as tf.Tensor2D, kv: kv as tf.Tensor2D });

const scored = ([hidden, classifier]: readonly Tensor[]) => ({
  hidden: hidden as tf.Tensor2D,
  classifier: classifier as tf.Tensor2D,
});

/** Computes the loss and both gradients by one implementation of the op. */
function lossOf(reference: typeof SOFTMAX_CROSS_ENTROPY.reference, given: readonly Tensor[]): void {
  const [hidden, classifier, targets, weight] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
  const loss = (h: tf.Tensor2D, c: tf.Tensor2D) =>
    run({ reference }, { hidden: h, classifier: c, targets, weight }, { logitBytes: LOGIT_BYTES });
  tf.grads((...args: Tensor[]) => loss(args[0] as tf.Tensor2D, args[1] as tf.Tensor2D))([hidden, classifier]);
}
