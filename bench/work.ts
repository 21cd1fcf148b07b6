/** What the kernel benchmark times: an op by our kernels, and the same op by TensorFlow.js's. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { stream } from '../src/core/base/rng';
import type { NeedsGradient, Differentiable, Tensors, Implementations } from '../src/core/ops/op';

export interface Work {
  /** Name in the report. */
  op: string;
  /** Multiplications and additions by definition; absent if they do not bound the time. */
  flops?: number;
  /** Bytes of inputs read once and outputs written once. */
  bytes: number;
  /** Creates the inputs. */
  make(): Tensor[];
  /** Encodes the commands of our kernels. The caller disposes the results, as of `theirs`. */
  ours(tensors: Tensor[]): void;
  /** Encodes the commands of TensorFlow.js's kernels. */
  theirs(tensors: Tensor[]): void;
  /** Frees what the calls kept for each other. */
  end?(): void;
}

/**
 * Yields an op's forward pass and its backward pass. Backward needs 2.5 times the multiplications of forward in
 * attention, and twice in other ops.
 * @param flops of the forward pass
 * @param bytes of the forward pass
 */
export function* both<X extends Tensors, P>(
  name: string,
  { webgpu, reference }: Implementations<Differentiable<X, P>>,
  make: () => X,
  settings: P,
  flops: number | undefined,
  bytes: number,
): Generator<Work> {
  const names = Object.keys(tf.tidy(make));
  const named = (tensors: readonly Tensor[]): X =>
    Object.fromEntries(names.map((n, i) => [n, tensors[i]])) as unknown as X;
  const forward = (implementation: Differentiable<X, P>) => (tensors: Tensor[]) =>
    void implementation.forward(named(tensors), settings);
  const made = (): Tensor[] => Object.values(make()).filter((tensor) => tensor !== undefined);
  const work = { bytes, make: made, ours: forward(webgpu!), theirs: forward(reference) };
  yield { op: name, ...work, ...(flops !== undefined && { flops }) };
  let keeping: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    keeping.push(tensor);
    return tf.keep(tensor);
  };
  const gradient = (implementation: Differentiable<X, P>) => {
    let kept: { dy: Tensor; saved: Tensors } | undefined;
    return (tensors: Tensor[]) => {
      kept ??= (({ y, saved }) => {
        for (const tensor of Object.values(saved)) if (tensor) keep(tensor);
        return { dy: keep(y), saved };
      })(implementation.forward(named(tensors), settings));
      implementation.backward(kept.dy, kept.saved, settings, allOf(named(tensors)));
    };
  };
  const end = () => {
    tf.dispose(keeping);
    keeping = [];
  };
  const back = { bytes: 2 * bytes, make: made, ours: gradient(webgpu!), theirs: gradient(reference), end };
  const times = name.startsWith('attention') ? 2.5 : 2;
  yield { op: `${name}, backward`, ...back, ...(flops !== undefined && { flops: times * flops }) };
}

/** Requests the gradients of all float inputs. */
const allOf = <X extends Tensors>(x: X): NeedsGradient<X> =>
  Object.fromEntries(
    Object.entries(x).map(([name, tensor]) => [name, tensor?.dtype === 'float32']),
  ) as NeedsGradient<X>;

/** Uniform random values in [-1, 1). */
export function uniform<R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> {
  const size = tf.util.sizeFromShape(shape);
  const values = drawn.get(size) ?? draw(size);
  if (size <= MAX_KEPT) drawn.set(size, values);
  return tf.tensor(values, shape, 'float32');
}
function draw(size: number): Float32Array {
  const at = stream(1, 'bench', size);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = at(i) / 2 ** 31 - 1; // Float32Array.from takes several times as long
  return values;
}
/** Cached values by size, because most tensors are made several times. */
const drawn = new Map<number, Float32Array>();
const MAX_KEPT = 2 ** 22;

export const tokens = (n: number, vocabulary: number): Int32Array => {
  const at = stream(1, 'bench', 0);
  return Int32Array.from({ length: n }, (_, i) => at(i) % vocabulary);
};
