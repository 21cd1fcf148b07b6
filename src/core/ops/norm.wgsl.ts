/**
 * Kernels of layerNorm and, without the mean, of rmsNorm.
 *
 *   n = (x - mean) rstd      y = n gain + bias + residual      rstd = (variance + epsilon)^(-1/2); rmsNorm: mean = 0
 */
import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, inFours, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { NeedsGradient } from './op';

/** `centred`: layerNorm, else rmsNorm. `added`: with a residual. */
interface Kind {
  centred: boolean;
  biased: boolean;
  added: boolean;
}
/** Gradients that a backward pass computes. */
interface Parts {
  centred: boolean;
  x: boolean;
  gain: boolean;
  bias: boolean;
  /** Whether a residual gradient is added to dx. */
  residualGradient: boolean;
}

/** stats [N, 2]: mean and rstd of each row. `residual` [N, C] is added to y. */
export function normForward(
  x: Tensor,
  gain: Tensor,
  { bias, residual }: { bias?: Tensor | undefined; residual?: Tensor | undefined },
  centred: boolean,
  epsilon: number,
) {
  const [N, C] = x.shape as [number, number];
  const y = emptyTensor([N, C], 'float32');
  const stats = emptyTensor([N, 2], 'float32');
  const kind = { centred, biased: bias !== undefined, added: residual !== undefined };
  dispatch(forward(N, C, kind, epsilon), { x, gain, bias, residual, y, stats });
  return { y, stats };
}

/** `residualGradient` is added to dx. */
export function normBackward(
  dy: Tensor,
  { x, gain, stats }: { x: Tensor; gain: Tensor; stats: Tensor },
  centred: boolean,
  needsGradient: NeedsGradient<Record<'x' | 'gain' | 'bias', Tensor>>,
  residualGradient?: Tensor,
) {
  const [N, C] = x.shape as [number, number];
  const dx = needsGradient.x ? emptyTensor([N, C], 'float32') : undefined;
  const [dGain, dBias] = [needsGradient.gain, needsGradient.bias].map((isNeeded) =>
    isNeeded ? emptyTensor([C], 'float32') : undefined,
  );
  const made = {
    x: dx !== undefined,
    gain: dGain !== undefined,
    bias: dBias !== undefined,
    residualGradient: residualGradient !== undefined,
  };
  dispatch(backward(N, C, { centred, ...made }), { dy, x, gain, stats, residualGradient, dx, dGain, dBias });
  return { x: dx, gain: dGain, bias: dBias };
}

/** A workgroup takes ROWS rows with LANES threads each; all sums of a row need one barrier. */
const LANES = 16;
const ROWS = 4;
const THREADS = LANES * ROWS;

/** Vectors of four columns if the width allows. `sum` adds up the components of a vector. */
function columns(C: number) {
  const { type, width, count: D } = inFours(C);
  return { type, width, D, zero: `${type}()`, sum: (v: string) => (width === 4 ? `dot(${v}, vec4f(1.0))` : v) };
}

/**
 * Each thread sums squares of its own columns, about their own mean if rows are centered; then the sums are combined:
 * Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance".
 */
const forward = kernels((N: number, C: number, { centred, biased, added }: Kind, epsilon: number) => {
  const { type, D, zero, sum, width } = columns(C);
  return {
    name: centred ? 'layerNorm' : 'rmsNorm',
    bindings: {
      x: ['read', type],
      gain: ['read', type],
      ...(biased && { bias: ['read', type] as const }),
      ...(added && { residual: ['read', type] as const }),
      y: ['write', type],
      stats: ['write', 'vec2f'],
    } as const,
    workgroup: [LANES, ROWS, 1] as const,
    grid: row(Math.ceil(N / ROWS)),
    globals: `var<workgroup> parts: array<vec3f, ${THREADS}>; // count, mean, squares about it`,
    body: `
  let r = index * ${ROWS}u + local.y;
  let first = min(r, ${N - 1}u) * ${D}u;
  let count = ${width}.0 * f32((${D + LANES - 1}u - local.x) / ${LANES}u);
  ${
    centred
      ? `var sum = ${zero};
  for (var c = local.x; c < ${D}u; c += ${LANES}u) { sum += x[first + c]; }
  let middle = ${sum('sum')} / max(count, 1.0);`
      : 'let middle = 0.0;'
  }
  var squares = ${zero};
  for (var c = local.x; c < ${D}u; c += ${LANES}u) { let d = x[first + c] - middle; squares += d * d; }
  parts[lane] = vec3f(count, middle, ${sum('squares')});
  workgroupBarrier();
  if (r >= ${N}u) { return; }
  var mean = 0.0;
  ${centred ? `${overParts('mean += p.x * p.y;')} mean /= ${C}.0;` : ''}
  var variance = 0.0;
  ${overParts('variance += p.z + p.x * (p.y - mean) * (p.y - mean);')}
  let rstd = inverseSqrt(variance / ${C}.0 + ${epsilon});
  if (local.x == 0u) { stats[r] = vec2f(mean, rstd); }
  for (var c = local.x; c < ${D}u; c += ${LANES}u) {
    y[first + c] = (x[first + c] - mean) * rstd * gain[c]${biased ? ' + bias[c]' : ''}${added ? ' + residual[first + c]' : ''};
  }`,
  };
});
const overParts = (act: string): string =>
  `for (var i = zero; i < ${LANES}u; i++) { let p = parts[local.y * ${LANES}u + i]; ${act} }`;

/** Columns (in vectors) per workgroup that sums the gradients of gain and bias, and its threads along the rows. */
const ACROSS = 2;
const ALONG = THREADS / ACROSS;
/**
 * dx = rstd (g - mean(g) - n mean(g n)), g = dy gain, mean(g) only if rows are centered: the first workgroups, by rows.
 * dGain = sum of dy n, dBias = sum of dy over the rows: the other workgroups, by columns, each in a fixed order.
 * Gradients that aren't needed have no workgroups.
 */
const backward = kernels((N: number, C: number, parts: Parts) => {
  const { centred, residualGradient } = parts;
  const { type, D, zero, sum } = columns(C);
  const byRow = parts.x ? Math.ceil(N / ROWS) : 0;
  const byColumn = parts.gain || parts.bias ? Math.ceil(D / ACROSS) : 0;
  const rows = `let means = vec2f(${centred ? sum('one') : '0.0'}, ${sum('n')}) / ${C}.0;
    for (var k = l; k < ${D}u; k += ${LANES}u) {
      let along = (x[first + k] - stat.x) * stat.y * means.y;
      dx[first + k] = stat.y * (dy[first + k] * gain[k] - means.x - along)${residualGradient ? ' + residualGradient[first + k]' : ''};
    }`;
  return {
    name: centred ? 'layerNorm backward' : 'rmsNorm backward',
    bindings: {
      dy: ['read', type],
      x: ['read', type],
      gain: ['read', type],
      stats: ['read', 'vec2f'],
      ...(residualGradient && { residualGradient: ['read', type] as const }),
      ...(parts.x && { dx: ['write', type] as const }),
      ...(parts.gain && { dGain: ['write', type] as const }),
      ...(parts.bias && { dBias: ['write', type] as const }),
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: row(byRow + byColumn),
    globals: `
var<workgroup> ofN: array<${type}, ${THREADS}>; // parts of the sums of g n, or dy n
var<workgroup> of1: array<${type}, ${THREADS}>; // parts of the sums of g, or dy`,
    body: `
  if (index >= ${byRow + byColumn}u) { return; }
  let byRow = index < ${byRow}u;
  let l = lane % ${LANES}u;
  let r = index * ${ROWS}u + lane / ${LANES}u;
  let first = min(r, ${N - 1}u) * ${D}u;
  let stat = stats[min(r, ${N - 1}u)];
  let c = (index - ${byRow}u) * ${ACROSS}u + lane % ${ACROSS}u;
  // k goes along the row, or down the column. Loops for both, whose bounds no compiler knows, compile faster.
  var n = ${zero};
  var one = ${zero};
  let end = select(select(0u, ${N}u, c < ${D}u), ${D}u, byRow);
  let step = select(${ALONG}u, ${LANES}u, byRow); // and how many threads share a sum
  for (var k = select(lane / ${ACROSS}u, l, byRow); k < end; k += step) {
    let i = select(k * ${D}u + c, first + k, byRow);
    let s = stats[select(k, min(r, ${N - 1}u), byRow)];
    let g = dy[i] * select(${type === 'vec4f' ? 'vec4f(1.0)' : '1.0'}, gain[min(k, ${D - 1}u)], byRow);
    n += g * (x[i] - s.x) * s.y;
    one += g;
  }
  ofN[lane] = n;
  of1[lane] = one;
  workgroupBarrier();
  n = ${zero};
  one = ${zero};
  let own = select(lane % ${ACROSS}u, lane - l, byRow);
  let apart = select(${ACROSS}u, 1u, byRow);
  for (var i = zero; i < step; i++) {
    n += ofN[own + i * apart];
    one += of1[own + i * apart];
  }
  if (byRow) {
    if (r >= ${N}u) { return; }
    ${parts.x ? rows : ''}
  } else if (lane < ${ACROSS}u && c < ${D}u) {
    ${parts.gain ? 'dGain[c] = n;' : ''}
    ${parts.bias ? 'dBias[c] = one;' : ''}
  }`,
  };
});
