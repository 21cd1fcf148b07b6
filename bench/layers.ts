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
export function* layers(shape: Shape): Generator<Work> {
  yield* feedForward(shape);
  yield* linearWithLora(shape);
  yield* attention(shape);
  yield* cachedDecoding(shape);
  yield* ropeAndNorms(shape);
  yield* dropoutWithResidual(shape);
  yield* embeddingAndLoss(shape);
}

function* feedForward({ context, width, batch }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const inner = 4 * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  const mlp = () => ({
    x: x(),
    inWeight: uniform<tf.Rank.R2>([width, inner]),
    inBias: uniform([inner]),
    outWeight: uniform<tf.Rank.R2>([inner, width]),
    outBias: uniform([width]),
    residual: x(),
  });
  const mlpBytes = 4 * (2 * hiddenCount + 2 * rows * inner + 2 * width * inner);
  const gatedMlp = () => ({
    x: x(),
    inWeight: uniform<tf.Rank.R2>([width, 2 * inner]),
    outWeight: uniform<tf.Rank.R2>([inner, width]),
    residual: x(),
  });
  const gatedMlpBytes = 4 * (2 * hiddenCount + 3 * rows * inner + 3 * width * inner);
  const gated = () => ({ x: uniform<tf.Rank.R2>([rows, 2 * inner]) });
  for (const kind of Object.keys(ACTIVATIONS) as Activation[]) {
    yield* both(`feed-forward, ${kind}`, FEED_FORWARD, mlp, { activation: kind }, 4 * hiddenCount * inner, mlpBytes);
    const glu = { activation: kind, gated: true };
    yield* both(`feed-forward gated by ${kind}`, FEED_FORWARD, gatedMlp, glu, 6 * hiddenCount * inner, gatedMlpBytes);
    yield* both(kind, ACTIVATION, () => ({ x: uniform([rows, inner]) }), kind, undefined, 8 * rows * inner);
    yield* both(`gated by ${kind}`, GATED, gated, kind, undefined, 12 * rows * inner);
  }
}

function* linearWithLora({ context, width, batch }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  const [rank, out] = [8, 3 * width];
  const adapted = () => ({
    x: x(),
    weight: uniform<tf.Rank.R2>([width, out]),
    bias: uniform([out]),
    down: uniform<tf.Rank.R2>([width, rank]),
    up: uniform<tf.Rank.R2>([rank, out]),
  });
  const adaptedFlops = 2 * rows * (width * out + rank * (width + out));
  yield* both('linear with LoRA', LOW_RANK, adapted, { scale: 2 }, adaptedFlops, 4 * (4 * hiddenCount + width * out));
}

function* attention({ context, width, heads, batch }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const qkv = () => ({ qkv: uniform<tf.Rank.R2>([rows, 3 * width]) });
  const causal = { rows: batch, heads, causal: true };
  yield* both('attention', ATTENTION, qkv, causal, 2 * hiddenCount * context, 16 * hiddenCount);
  const window = context / 4; // a query sees 7 / 8 of the window on average
  yield* both(
    'attention in a window',
    ATTENTION,
    qkv,
    { ...causal, window },
    hiddenCount * window * 3.5,
    16 * hiddenCount,
  );
  const dropout = { probability: 0.1, purpose: 'bench' };
  const withCounter = () => ({ ...qkv(), counter: tf.tensor1d([1, 1], 'int32') });
  yield* both(
    'attention with dropout',
    ATTENTION,
    withCounter,
    { ...causal, dropout },
    2 * hiddenCount * context,
    16 * hiddenCount,
  );
  const withBias = () => ({ ...qkv(), bias: uniform<tf.Rank.R3>([heads, context, context]) });
  const biasBytes = 4 * heads * context ** 2;
  yield* both(
    'attention with a bias',
    ATTENTION,
    withBias,
    causal,
    2 * hiddenCount * context,
    16 * hiddenCount + biasBytes,
  );
  const relative = { queries: context, keys: context, buckets: 32, maxDistance: 128, bidirectional: false };
  const biasTable = () => ({ table: uniform<tf.Rank.R2>([relative.buckets, heads]) });
  yield* both('relativeBias', RELATIVE_BIAS, biasTable, relative, undefined, biasBytes);
}

/** Decoding of one token with cached keys and values. */
function* cachedDecoding({ context, width, heads, batch }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const settings = { rows: batch, heads, causal: false };
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
      const previous = tf.slice(cache!, [0, 0], [context - 1, 2 * width]);
      (cache as tf.Variable).assign(tf.concat([previous, tf.slice(row!, [0, width], [1, 2 * width])]));
    },
  };
  yield {
    op: 'attention of one query over a full context',
    flops: 4 * hiddenCount,
    bytes: 8 * hiddenCount,
    make: () => [uniform([batch, width]), uniform([rows, 2 * width])],
    ours: (inputs) => void ATTENTION.webgpu!.forward(cached(inputs), settings),
    theirs: (inputs) => void ATTENTION.reference.forward(cached(inputs), settings),
  };
}

function* ropeAndNorms({ context, width, heads, batch }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  const vector = () => uniform([width]);
  const head = () => uniform([width / heads]);
  const ropeSettings = { rows: batch, heads: 2 * heads, headSize: width / heads, base: 10_000 };
  yield* both(
    'rope',
    ROPE,
    () => ({ x: uniform<tf.Rank.R2>([rows, 3 * width]) }),
    ropeSettings,
    undefined,
    24 * hiddenCount,
  );
  const headInputs = () => ({ x: uniform<tf.Rank.R2>([rows, 3 * width]), qGain: head(), kGain: head() });
  const qkNormSettings = { rows: batch, heads, kvHeads: heads, base: 10_000, epsilon: 1e-6 };
  yield* both('qkNorm', QK_NORM, headInputs, qkNormSettings, undefined, 24 * hiddenCount);
  const withBias = () => ({ x: x(), gain: vector(), bias: vector() });
  yield* both('layerNorm', LAYER_NORM, withBias, { epsilon: 1e-5 }, undefined, 8 * hiddenCount);
  const withoutBias = () => ({ x: x(), gain: vector() });
  yield* both('layerNorm without bias', LAYER_NORM, withoutBias, { epsilon: 1e-5 }, undefined, 8 * hiddenCount);
  yield* both('rmsNorm', RMS_NORM, withoutBias, { epsilon: 1e-6 }, undefined, 8 * hiddenCount);
}

function* dropoutWithResidual({ context, width, batch }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  yield {
    op: 'dropout with residual',
    bytes: 12 * hiddenCount,
    make: () => [x(), x(), tf.tensor1d([1, 1], 'int32')],
    ours: ([input, residual, counter]) =>
      void DROPOUT.webgpu!.forward({ x: input!, residual, counter: counter! }, { probability: 0.1, purpose: 'bench' }),
    theirs: ([input, residual]) => void tf.add(tf.dropout(input!, 0.1), residual!),
  };
}

/** Token embedding, the loss with its gradients, and the token scores of one row. */
function* embeddingAndLoss({ context, width, batch, vocabulary }: Shape): Generator<Work> {
  const rows = batch * context;
  const hiddenCount = rows * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  const ids = <R extends tf.Rank>(shape: tf.ShapeMap[R]) => tf.tensor<R>(tokens(rows, vocabulary), shape, 'int32');
  const table = () => uniform<tf.Rank.R2>([vocabulary, width]);
  const embeddingInputs = () => ({
    ids: ids<tf.Rank.R2>([batch, context]),
    tokens: table(),
    positions: uniform<tf.Rank.R2>([context, width]),
  });
  yield* both('embedding', EMBEDDING, embeddingInputs, { vocabulary, places: context }, undefined, 8 * hiddenCount);
  // Includes gradients, which the loss computes along with its value.
  const lossInputs = () => ({
    hidden: x(),
    classifier: table(),
    targets: ids<tf.Rank.R1>([rows]),
    weight: tf.tensor1d([rows], 'int32'),
  });
  const logits = rows * vocabulary;
  yield {
    op: 'softmaxCrossEntropy with its gradients',
    flops: 6 * logits * width,
    bytes: 4 * (2 * hiddenCount + 2 * vocabulary * width + 2 * logits),
    make: () => Object.values(lossInputs()),
    ours: (inputs) => lossOf(SOFTMAX_CROSS_ENTROPY.webgpu!, inputs),
    theirs: (inputs) => lossOf(SOFTMAX_CROSS_ENTROPY.reference, inputs),
  };
  yield {
    op: 'classify one row',
    flops: 2 * vocabulary * width,
    bytes: 4 * vocabulary * width,
    make: () => [uniform([1, width]), table()],
    ours: (inputs) => void CLASSIFY.webgpu!(scored(inputs)),
    theirs: (inputs) => void CLASSIFY.reference(scored(inputs)),
  };
}

const cached = ([q, kv]: readonly Tensor[]) => ({ q: q as tf.Tensor2D, kv: kv as tf.Tensor2D });

const scored = ([hidden, classifier]: readonly Tensor[]) => ({
  hidden: hidden as tf.Tensor2D,
  classifier: classifier as tf.Tensor2D,
});

/** Computes the loss and both gradients by one implementation of the op. */
function lossOf(reference: typeof SOFTMAX_CROSS_ENTROPY.reference, inputs: readonly Tensor[]): void {
  const [hidden, classifier, targets, weight] = inputs as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
  const loss = (h: tf.Tensor2D, c: tf.Tensor2D) =>
    run({ reference }, { hidden: h, classifier: c, targets, weight }, { logitBytes: LOGIT_BYTES });
  tf.grads((...args: Tensor[]) => loss(args[0] as tf.Tensor2D, args[1] as tf.Tensor2D))([hidden, classifier]);
}
