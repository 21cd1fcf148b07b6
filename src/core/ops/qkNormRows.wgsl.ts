/** One workgroup per row: each thread has some of its query and key columns. */
import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { anyNeedsGradient, type Differentiable } from './op';
import type { Settings, X } from './qkNormRows';
import { sumOverWorkgroup } from './reduce.wgsl';

/** stats [N, 2]: rrms of each row's queries, and of its keys. */
export const qkNormRowsOnGpu: Differentiable<X, Settings, X & { stats: Tensor }> = {
  forward(inputs, { epsilon }) {
    const sizes = sizesOf(inputs);
    const y = emptyTensor(inputs.x.shape, 'float32');
    const stats = emptyTensor([sizes.N, 2], 'float32');
    dispatch(forward(sizes, epsilon), { ...inputs, y, stats });
    return { y, saved: { ...inputs, stats } };
  },
  backward(dy, { stats, ...inputs }, _, needsGradient) {
    const sizes = sizesOf(inputs);
    const dx = needsGradient.x && emptyTensor(inputs.x.shape, 'float32');
    if (dx) dispatch(backward(sizes), { dy, ...inputs, stats, dx });
    if (!anyNeedsGradient(needsGradient, 'qGain', 'kGain')) return { x: dx };
    const [qGain, kGain] = [emptyTensor([sizes.Q], 'float32'), emptyTensor([sizes.K], 'float32')];
    dispatch(gains(sizes), { dy, x: inputs.x, stats, qGain, kGain });
    if (!needsGradient.qGain) qGain.dispose();
    if (!needsGradient.kGain) kGain.dispose();
    return { x: dx, qGain: needsGradient.qGain && qGain, kGain: needsGradient.kGain && kGain };
  },
};

interface Sizes {
  N: number;
  /** Columns of a row's queries, of its keys, and of all. */
  Q: number;
  K: number;
  W: number;
}
const sizesOf = ({ x, qGain, kGain }: X): Sizes => ({
  N: x.shape[0],
  Q: qGain.size,
  K: kGain.size,
  W: x.shape[1]!,
});

const THREADS = 64;

/** Loops over the columns of queries, then of keys; `at` is the index in x. */
const overColumns = ({ Q, K }: Sizes, line: (gain: string, part: 'x' | 'y') => string): string => `
  for (var c = lane; c < ${Q}u; c += ${THREADS}u) { let at = first + c; ${line('qGain[c]', 'x')} }
  for (var c = lane; c < ${K}u; c += ${THREADS}u) { let at = first + ${Q}u + c; ${line('kGain[c]', 'y')} }`;
/** A workgroup for each row, whose threads sum both means at once. */
const ofRows = (N: number) =>
  ({ workgroup: [THREADS, 1, 1], grid: row(N), globals: sumOverWorkgroup(THREADS, 'vec2f') }) as const;
/** Copies the values. */
const copyValues = ({ Q, K, W }: Sizes, from: string, to: string): string =>
  `for (var c = ${Q + K}u + lane; c < ${W}u; c += ${THREADS}u) { ${to}[first + c] = ${from}[first + c]; }`;

const forward = kernels((sizes: Sizes, epsilon: number) => {
  const { N, Q, K, W } = sizes;
  return {
    name: 'qkNormRows',
    bindings: {
      x: ['read', 'f32'],
      qGain: ['read', 'f32'],
      kGain: ['read', 'f32'],
      y: ['write', 'f32'],
      stats: ['write', 'vec2f'],
    } as const,
    ...ofRows(N),
    body: `
  if (index >= ${N}u) { return; }
  let first = index * ${W}u;
  var squares = vec2f();
  ${overColumns(sizes, (_, part) => `squares.${part} += x[at] * x[at];`)}
  let rrms = inverseSqrt(reduce_sum(squares, lane, zero) / vec2f(${Q}.0, ${K}.0) + ${epsilon});
  if (lane == 0u) { stats[index] = rrms; }
  ${overColumns(sizes, (gain, part) => `y[at] = x[at] * rrms.${part} * ${gain};`)}
  ${copyValues(sizes, 'x', 'y')}`,
  };
});

/** dx = rrms (g - n mean(g n)), g = dy gain, n = x rrms; the means are over the row's queries, and its keys. */
const backward = kernels((sizes: Sizes) => {
  const { N, Q, K, W } = sizes;
  return {
    name: 'qkNormRows backward',
    bindings: {
      dy: ['read', 'f32'],
      x: ['read', 'f32'],
      qGain: ['read', 'f32'],
      kGain: ['read', 'f32'],
      stats: ['read', 'vec2f'],
      dx: ['write', 'f32'],
    } as const,
    ...ofRows(N),
    body: `
  if (index >= ${N}u) { return; }
  let first = index * ${W}u;
  let rrms = stats[index];
  var along = vec2f(); // sums of g x
  ${overColumns(sizes, (gain, part) => `along.${part} += dy[at] * ${gain} * x[at];`)}
  let means = reduce_sum(along, lane, zero) * rrms / vec2f(${Q}.0, ${K}.0);
  ${overColumns(sizes, (gain, part) => `dx[at] = rrms.${part} * (dy[at] * ${gain} - x[at] * rrms.${part} * means.${part});`)}
  ${copyValues(sizes, 'dy', 'dx')}`,
  };
});

/** Columns per workgroup that sums the gains' gradients, and its threads along the rows. */
const ACROSS = 8;
const ALONG = THREADS / ACROSS;

/** Sums of dy n over the rows, in a fixed order. */
const gains = kernels(({ N, Q, K, W }: Sizes) => ({
  name: 'qkNormRows backward, gains',
  bindings: {
    dy: ['read', 'f32'],
    x: ['read', 'f32'],
    stats: ['read', 'vec2f'],
    qGain: ['write', 'f32'],
    kGain: ['write', 'f32'],
  } as const,
  workgroup: [THREADS, 1, 1] as const,
  grid: row(Math.ceil((Q + K) / ACROSS)),
  globals: `var<workgroup> parts: array<f32, ${THREADS}>;`,
  body: `
  if (index >= ${Math.ceil((Q + K) / ACROSS)}u) { return; }
  let c = index * ${ACROSS}u + lane % ${ACROSS}u;
  let own = min(c, ${Q + K - 1}u);
  var part = 0.0;
  for (var r = lane / ${ACROSS}u; r < ${N}u; r += ${ALONG}u) {
    let at = r * ${W}u + own;
    part += dy[at] * x[at] * select(stats[r].y, stats[r].x, own < ${Q}u);
  }
  parts[lane] = part;
  workgroupBarrier();
  if (lane >= ${ACROSS}u || c >= ${Q + K}u) { return; }
  var sum = 0.0;
  for (var i = zero; i < ${ALONG}u; i++) { sum += parts[lane + i * ${ACROSS}u]; }
  if (c < ${Q}u) { qGain[c] = sum; } else { kGain[c - ${Q}u] = sum; }`,
}));
