/** The step's kernels one by one, each beside the same made of TensorFlow.js's own kernels on the same GPU. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { stream } from '../src/core/base/rng';
import { currentGpu } from '../src/core/gpu/backend';
import { dispatch } from '../src/core/gpu/dispatch';
import { emptyTensor, flush } from '../src/core/gpu/tfjs';
import { ATTENTION } from '../src/core/ops/attention';
import { EMBEDDING } from '../src/core/ops/embedding';
import { FEED_FORWARD } from '../src/core/ops/feedForward';
import { LAYER_NORM } from '../src/core/ops/layerNorm';
import { LOGIT_BYTES } from '../src/core/ops/logitBytes';
import { product } from '../src/core/ops/matmul.wgsl';
import { type Differentiable, run, type Tensors, type Ways } from '../src/core/ops/op';
import { SOFTMAX_CROSS_ENTROPY } from '../src/core/ops/softmaxCrossEntropy';
import { tune } from '../src/core/ops/tune';
import { type Shape, SHAPES } from './step';

export interface OpReport {
  config: string;
  op: string;
  /** Best of some rounds. */
  ms: number;
  /** Multiplications and additions of the definition; absent where they do not bound the time. */
  gflops?: number;
  /** Inputs read once and outputs written once. */
  gbps: number;
  tfjsMs: number;
  /** How many times as long TensorFlow.js takes. */
  ratio: number;
}

/** On the GPU in use. */
export async function benchOps(configs: readonly (keyof typeof SHAPES)[] = ['S', 'M']): Promise<OpReport[]> {
  await tune(() => performance.now());
  const reports: OpReport[] = [];
  for (const config of configs) {
    for (const work of [...products(SHAPES[config]), ...ops(SHAPES[config])]) {
      const tensors = work.make();
      const [ms, tfjsMs] = [await time(() => work.ours(tensors)), await time(() => work.theirs(tensors))];
      tf.dispose(tensors);
      const { op, flops, bytes } = work;
      const gflops = flops === undefined ? {} : { gflops: flops / ms / 1e6 };
      reports.push({ config, op, ms, ...gflops, gbps: bytes / ms / 1e6, tfjsMs, ratio: tfjsMs / ms });
    }
  }
  return reports;
}

interface Work {
  op: string;
  flops?: number;
  bytes: number;
  make(): Tensor[];
  /** Both encode; what they make is disposed. */
  ours(tensors: Tensor[]): void;
  theirs(tensors: Tensor[]): void;
}

/** Milliseconds: the best of three rounds, each long enough for the clock. */
async function time(act: () => void): Promise<number> {
  const { backend, device } = currentGpu()!;
  const round = async (times: number): Promise<number> => {
    const began = performance.now();
    for (let i = 0; i < times; i++) tf.tidy(act);
    flush(backend);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - began) / times;
  };
  await round(1); // compiles
  const times = Math.max(1, Math.min(50, Math.round(20 / (await round(1)))));
  let best = Infinity;
  for (let i = 0; i < 3; i++) best = Math.min(best, await round(times));
  return best;
}

/** Every product of a step: forward NN, by input NT, by weight TN. */
function* products({ context, width, batch, vocabulary }: Shape): Generator<Work> {
  const rows = batch * context;
  const layers = {
    'q, k, v': [width, 3 * width],
    'attention out': [width, width],
    'feed-forward in': [width, 4 * width],
    'feed-forward out': [4 * width, width],
  } as const;
  const one = (op: string, M: number, N: number, K: number, lies: 'NN' | 'NT' | 'TN'): Work => {
    const [transposeA, transposeB] = [lies === 'TN', lies === 'NT'];
    return {
      op: `${op}, ${lies} ${M} x ${N} x ${K}`,
      flops: 2 * M * N * K,
      bytes: 4 * (M * K + K * N + M * N),
      make: () => [uniform(transposeA ? [K, M] : [M, K]), uniform(transposeB ? [N, K] : [K, N])],
      ours: ([a, b]) =>
        dispatch(product({ M, N, K, transposeA, transposeB }), { a, b, c: emptyTensor([M, N], 'float32') }),
      theirs: ([a, b]) => void tf.matMul(a!, b!, transposeA, transposeB),
    };
  };
  for (const [name, [from, to]] of Object.entries(layers)) {
    yield one(name, rows, to, from, 'NN');
    yield one(name, rows, from, to, 'NT');
    yield one(name, from, to, rows, 'TN');
  }
  yield one('classifier', rows, vocabulary, width, 'NT');
  yield one('classifier', rows, width, vocabulary, 'NN');
  yield one('classifier', vocabulary, width, rows, 'TN');
}

function* ops({ context, width, heads, batch, vocabulary }: Shape): Generator<Work> {
  const rows = batch * context;
  const wide = rows * width;
  const x = () => uniform<tf.Rank.R2>([rows, width]);
  const [vector, inner] = [() => uniform([width]), 4 * width];
  const mlp = () => ({
    ...{ x: x(), inWeight: uniform<tf.Rank.R2>([width, inner]), inBias: uniform([inner]) },
    ...{ outWeight: uniform<tf.Rank.R2>([inner, width]), outBias: vector(), residual: x() },
  });
  const mlpBytes = 4 * (2 * wide + 2 * rows * inner + 2 * width * inner);
  yield* both('feed-forward', FEED_FORWARD, mlp, undefined, 4 * wide * inner, mlpBytes);
  const qkv = () => ({ qkv: uniform<tf.Rank.R2>([rows, 3 * width]) });
  const causal = { rows: batch, heads, causal: true };
  yield* both('attention', ATTENTION, qkv, causal, 2 * wide * context, 16 * wide);
  const normed = () => ({ x: x(), gain: vector(), bias: vector() });
  yield* both('layerNorm', LAYER_NORM, normed, { epsilon: 1e-5 }, undefined, 8 * wide);
  const ids = <R extends tf.Rank>(shape: tf.ShapeMap[R]) => tf.tensor<R>(tokens(rows, vocabulary), shape, 'int32');
  const table = () => uniform<tf.Rank.R2>([vocabulary, width]);
  const looked = () => ({
    ids: ids<tf.Rank.R2>([batch, context]),
    tokens: table(),
    positions: uniform<tf.Rank.R2>([context, width]),
  });
  yield* both('embedding', EMBEDDING, looked, { vocabulary, places: context }, undefined, 8 * wide);
  // With gradients: the loss makes them on the way.
  const classified = () => ({ hidden: x(), classifier: table(), targets: ids<tf.Rank.R1>([rows]) });
  const logits = rows * vocabulary;
  yield {
    op: 'softmaxCrossEntropy with its gradients',
    flops: 6 * logits * width,
    bytes: 4 * (2 * wide + 2 * vocabulary * width + 2 * logits),
    make: () => Object.values(classified()),
    ours: (given) => lossOf(SOFTMAX_CROSS_ENTROPY.webgpu!, given),
    theirs: (given) => lossOf(SOFTMAX_CROSS_ENTROPY.reference, given),
  };
}

/** An op's forward and backward; backward takes 2.5 times the multiplications in attention, twice elsewhere. */
function* both<X extends Tensors, P>(
  name: string,
  { webgpu, reference }: Ways<Differentiable<X, P>>,
  make: () => X,
  settings: P,
  flops: number | undefined,
  bytes: number,
): Generator<Work> {
  const names = Object.keys(tf.tidy(make));
  const named = (tensors: readonly Tensor[]): X =>
    Object.fromEntries(names.map((n, i) => [n, tensors[i]])) as unknown as X;
  const forward = (way: Differentiable<X, P>) => (tensors: Tensor[]) => void way.forward(named(tensors), settings);
  const made = (): Tensor[] => Object.values(make()).filter((tensor) => tensor !== undefined);
  const work = { bytes, make: made, ours: forward(webgpu!), theirs: forward(reference) };
  yield { op: name, ...work, ...(flops !== undefined && { flops }) };
  const gradient = (way: Differentiable<X, P>) => {
    let kept: { dy: Tensor; saved: Tensors } | undefined;
    return (tensors: Tensor[]) => {
      kept ??= (({ y, saved }) => {
        for (const tensor of Object.values(saved)) if (tensor) tf.keep(tensor);
        return { dy: tf.keep(y), saved };
      })(way.forward(named(tensors), settings));
      way.backward(kept.dy, kept.saved, settings);
    };
  };
  const back = { bytes: 2 * bytes, make: made, ours: gradient(webgpu!), theirs: gradient(reference) };
  const times = name === 'attention' ? 2.5 : 2;
  yield { op: `${name}, backward`, ...back, ...(flops !== undefined && { flops: times * flops }) };
}

/** Loss and both gradients by one way of the op. */
function lossOf(reference: typeof SOFTMAX_CROSS_ENTROPY.reference, given: readonly Tensor[]): void {
  const [hidden, classifier, targets] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
  const loss = (h: tf.Tensor2D, c: tf.Tensor2D) =>
    run({ reference }, { hidden: h, classifier: c, targets }, { logitBytes: LOGIT_BYTES });
  tf.grads((...args: Tensor[]) => loss(args[0] as tf.Tensor2D, args[1] as tf.Tensor2D))([hidden, classifier]);
}

/** In [-1, 1). */
function uniform<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape);
  const at = stream(1, 'bench', size);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => at(i) / 2 ** 31 - 1),
    shape,
    'float32',
  );
}
const tokens = (n: number, vocabulary: number): Int32Array => {
  const at = stream(1, 'bench', 0);
  return Int32Array.from({ length: n }, (_, i) => at(i) % vocabulary);
};
