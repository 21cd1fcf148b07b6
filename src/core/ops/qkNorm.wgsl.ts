/** LANES threads share a head of a row; each has some of its column pairs, which rotate together. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { anyNeedsGradient, type Differentiable } from './op';
import { upTo } from './product.wgsl';
import type { Settings, X } from './qkNorm';
import { sumOverWorkgroup } from './reduce.wgsl';
import { angle, frequenciesOf } from './rope.wgsl';

export const qkNormOnGpu: Differentiable<X, Settings, X> = {
  forward(inputs, settings) {
    const y = emptyTensor(inputs.x.shape, 'float32');
    const frequencies = frequenciesFor(inputs, settings);
    dispatch(forward(sizesOf(inputs, settings)), { ...inputs, frequencies, y });
    frequencies.dispose();
    return { y, saved: inputs };
  },
  backward(dy, inputs, settings, needsGradient) {
    const sizes = sizesOf(inputs, settings);
    const needsGains = anyNeedsGradient(needsGradient, 'qGain', 'kGain');
    const dx = needsGradient.x && emptyTensor(inputs.x.shape, 'float32');
    const partials = needsGains && emptyTensor([groupsOf(sizes), 2 * sizes.D], 'float32');
    const frequencies = frequenciesFor(inputs, settings);
    const outputs = { dx: dx || undefined, partials: partials || undefined };
    dispatch(backward(sizes, needsGradient.x ?? false, needsGains), { dy, ...inputs, frequencies, ...outputs });
    frequencies.dispose();
    if (!partials) return { x: dx };
    const [qGain, kGain] = [emptyTensor([sizes.D], 'float32'), emptyTensor([sizes.D], 'float32')];
    dispatch(gains(sizes), { partials, qGain, kGain });
    partials.dispose();
    if (!needsGradient.qGain) qGain.dispose();
    if (!needsGradient.kGain) kGain.dispose();
    return { x: dx, qGain: needsGradient.qGain && qGain, kGain: needsGradient.kGain && kGain };
  },
};

interface Sizes {
  /** Heads of all rows, and of one row: queries, keys, and all. */
  count: number;
  H: number;
  normed: number;
  all: number;
  /** Columns of a head. */
  D: number;
  /** Rows of a sequence. */
  T: number;
  /** With offsets. */
  hasOffsets: boolean;
  epsilon: number;
}
function sizesOf({ x, qGain, offsets }: X, { rows, heads, kvHeads, epsilon }: Settings): Sizes {
  const [N, headsPerRow] = [x.shape[0], heads + 2 * kvHeads];
  const common = { T: N / rows, hasOffsets: offsets !== undefined, epsilon };
  return { count: N * headsPerRow, H: heads, normed: heads + kvHeads, all: headsPerRow, D: qGain.size, ...common };
}
const frequenciesFor = ({ qGain }: X, { base }: Settings): Tensor =>
  tf.tensor(frequenciesOf({ headSize: qGain.size, base }), [qGain.size / 2, 2]);

const LANES = 16;
/** Heads per workgroup at once. */
const TALL = 4;
const THREADS = LANES * TALL;
/** Heads that a thread group takes in sequence in the backward pass, so that few partial sums remain. */
const STRIP = 16;
const groupsOf = ({ count }: Sizes): number => Math.ceil(count / (TALL * STRIP));

const read = ({ hasOffsets }: Sizes) =>
  ({
    x: ['read', 'f32'],
    qGain: ['read', 'f32'],
    kGain: ['read', 'f32'],
    frequencies: ['read', 'vec2f'],
    ...(hasOffsets && { offsets: ['read', 'i32'] as const }),
  }) as const;

/** Returns the rotation of pair `pair` of row `t` in head `head`, `sign` a, and its gains. Values stay. */
const functions = ({ T, D, H, normed, hasOffsets }: Sizes, sign: 1 | -1): string => `
fn cosine_sine(t: u32, head: u32, pair: u32) -> vec2f {
  ${angle(T, hasOffsets, sign)}
  return select(vec2f(1.0, 0.0), vec2f(cosine, sine), head < ${normed}u);
}
fn gain(head: u32, pair: u32) -> vec2f {
  if (head < ${H}u) { return vec2f(qGain[pair], qGain[pair + ${D / 2}u]); }
  if (head < ${normed}u) { return vec2f(kGain[pair], kGain[pair + ${D / 2}u]); }
  return vec2f(1.0);
}
fn turned(x: vec2f, by: vec2f) -> vec2f { return vec2f(x.x * by.x - x.y * by.y, x.y * by.x + x.x * by.y); }`;

/** Declares where head `r` starts, its row, and its index in the row. */
const place = ({ count, D, all }: Sizes): string => `let own = min(r, ${count - 1}u);
  let first = own * ${D}u;
  let t = own / ${all}u;
  let head = own % ${all}u;`;

/** Sums `parts` over the threads of a head. */
const sumOfLanes = (type: 'f32' | 'vec2f'): string => `var sum = ${type}();
  for (var l = zero; l < ${LANES}u; l++) { sum += parts[local.y * ${LANES}u + l]; }`;

const forward = kernels((sizes: Sizes) => {
  const { count, normed, D, epsilon } = sizes;
  const half = D / 2;
  return {
    name: 'qkNorm',
    bindings: { ...read(sizes), y: ['write', 'f32'] } as const,
    workgroup: [LANES, TALL, 1] as const,
    grid: row(Math.ceil(count / TALL)),
    globals: `var<workgroup> parts: array<f32, ${THREADS}>;${functions(sizes, 1)}`,
    body: `
  let r = index * ${TALL}u + local.y;
  ${place(sizes)}
  var squares = 0.0;
  for (var c = local.x; c < ${D}u; c += ${LANES}u) { squares += x[first + c] * x[first + c]; }
  parts[lane] = squares;
  workgroupBarrier();
  if (r >= ${count}u) { return; }
  ${sumOfLanes('f32')}
  let rrms = select(1.0, inverseSqrt(sum / ${D}.0 + ${epsilon}), head < ${normed}u);
  for (var pair = local.x; pair < ${half}u; pair += ${LANES}u) {
    let n = vec2f(x[first + pair], x[first + pair + ${half}u]) * rrms * gain(head, pair);
    let v = turned(n, cosine_sine(t, head, pair));
    y[first + pair] = v.x;
    y[first + pair + ${half}u] = v.y;
  }`,
  };
});

/**
 * dx = rrms (g - n mean(g n)), g = d gain, n = x rrms, d: dy rotated back, the mean over a head. Also `partials`: each
 * workgroup's sums of d n over its heads, by pairs, for queries and for keys.
 */
const backward = kernels((sizes: Sizes, needsX: boolean, needsGains: boolean) => {
  const { count, H, normed, D, epsilon } = sizes;
  const half = D / 2;
  const groups = groupsOf(sizes);
  // Unrolled: a thread's part of a head stays in registers only if all indices are constants.
  const held = upTo(Math.ceil(half / LANES));
  const each = (line: (e: number) => string): string =>
    held.map((e) => `{ let pair = local.x + ${e * LANES}u; if (pair < ${half}u) { ${line(e)} } }`).join('\n    ');
  const addUp = `
  ${each((e) => `total[lane + ${e * THREADS}u] = sum${e};`)}
  workgroupBarrier();
  if (local.y == 0u) {
    ${each(
      (e) =>
        `partials[index * ${half}u + pair] = ${upTo(TALL)
          .map((y) => `total[lane + ${e * THREADS + y * LANES}u]`)
          .join(' + ')};`,
    )}
  }`;
  return {
    name: 'qkNorm backward',
    bindings: {
      dy: ['read', 'f32'],
      ...read(sizes),
      ...(needsX && { dx: ['write', 'f32'] as const }),
      ...(needsGains && { partials: ['write', 'vec4f'] as const }),
    } as const,
    workgroup: [LANES, TALL, 1] as const,
    grid: row(groups),
    globals: `var<workgroup> parts: array<vec2f, ${THREADS}>;
${needsGains ? `var<workgroup> total: array<vec4f, ${held.length * THREADS}>;` : ''}${functions(sizes, -1)}`,
    body: `
  if (index >= ${groups}u) { return; }
  ${held.map((e) => `var sum${e} = vec4f();`).join(' ')}
  for (var i = 0u; i < ${STRIP}u; i++) {
    let r = (index * ${STRIP}u + i) * ${TALL}u + local.y;
    ${place(sizes)}
    let isNormed = head < ${normed}u;
    ${held.map((e) => `var x${e} = vec2f(); var d${e} = vec2f();`).join(' ')}
    var part = vec2f(); // sums of x x, and of g x
    ${each(
      (e) => `
      x${e} = vec2f(x[first + pair], x[first + pair + ${half}u]);
      d${e} = turned(vec2f(dy[first + pair], dy[first + pair + ${half}u]), cosine_sine(t, head, pair));
      part += vec2f(dot(x${e}, x${e}), dot(d${e} * gain(head, pair), x${e}));`,
    )}
    workgroupBarrier();
    parts[lane] = part;
    workgroupBarrier();
    ${sumOfLanes('vec2f')}
    let rrms = inverseSqrt(sum.x / ${D}.0 + ${epsilon});
    if (r < ${count}u) {
    ${each(
      (e) => `
      let n = x${e} * rrms;
      ${
        needsX
          ? `let v = select(d${e}, rrms * (d${e} * gain(head, pair) - n * (sum.y * rrms / ${D}.0)), isNormed);
      dx[first + pair] = v.x;
      dx[first + pair + ${half}u] = v.y;`
          : ''
      }
      let added = vec4f(select(vec2f(), d${e} * n, head < ${H}u), select(vec2f(), d${e} * n, isNormed && head >= ${H}u));
      sum${e} += added;`,
    )}
    }
  }
  ${needsGains ? addUp : ''}`,
  };
});

/** Sums the workgroups' partial sums, one pair of columns per thread. */
const gains = kernels((sizes: Sizes) => {
  const half = sizes.D / 2;
  return {
    name: 'qkNorm backward, gains',
    bindings: { partials: ['read', 'vec4f'], qGain: ['write', 'f32'], kGain: ['write', 'f32'] } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: row(half),
    globals: sumOverWorkgroup(THREADS, 'vec4f'),
    body: `
  if (index >= ${half}u) { return; }
  var part = vec4f();
  for (var g = lane; g < ${groupsOf(sizes)}u; g += ${THREADS}u) { part += partials[g * ${half}u + index]; }
  let sum = reduce_sum(part, lane, zero);
  if (lane == 0u) {
    qGain[index] = sum.x;
    qGain[index + ${half}u] = sum.y;
    kGain[index] = sum.z;
    kGain[index + ${half}u] = sum.w;
  }`,
  };
});
