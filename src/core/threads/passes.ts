/**
 * Passes over rows that ops use on WASM, by name. Each computes what a sequence of TensorFlow.js ops does, with the same
 * roundings in the same order, so that its bits equal those of the op's reference.
 */
import {
  below,
  chosen,
  type Code,
  magnitude,
  minus,
  number,
  over,
  plus,
  root,
  shifted,
  times,
} from '../base/assembler';
import { type Keep, pass, type Pass } from './pass';

const ONE = number(1);

/** Adding it rounds to the nearest integer and leaves that integer, plus the exponent's bias, in the low bits. */
const ROUNDER = number(12_583_039);
const MINUS_LOG2_E = number(-1.4426950216293335);
/** ln 2 in two parts, so that a multiple of it is subtracted with less error. */
const [LN2_HIGH, LN2_LOW] = [number(0.693145751953125), number(1.428606765330187e-6)];
/** Minimax polynomial of exp(-t) on |t| <= ln(2)/2, highest degree first. */
const COEFFICIENTS = [
  -0.008289290592074394, 0.04189782217144966, -0.16667652130126953, 0.4999915063381195, -0.9999997019767761,
].map(number);
/** exp(-z) is not a normal number beyond. */
const MAX_EXPONENT = number(87.33654022216797);

/** 1 / (1 + exp(-x)), as XNNPACK's f32-vsigmoid-wasmsimd-rr2-p5-div in tfjs-backend-wasm 4.22 computes it. */
function sigmoid(x: Code, keep: Keep): Code {
  const z = keep(magnitude(x));
  const shiftedExponent = keep(plus(times(z, MINUS_LOG2_E), ROUNDER));
  const scale = keep(shifted(shiftedExponent, 23));
  const n = keep(minus(shiftedExponent, ROUNDER));
  const t = keep(plus(times(n, LN2_LOW), plus(times(n, LN2_HIGH), z)));
  const [highest, ...others] = COEFFICIENTS as [Code, ...Code[]];
  const polynomial = others.reduce((sum, coefficient) => plus(times(sum, t), coefficient), highest);
  const exponential = keep(plus(times(times(t, scale), polynomial), scale));
  const ofNegative = keep(chosen(below(MAX_EXPONENT, z), number(0), over(exponential, plus(exponential, ONE))));
  return chosen(below(x, number(0)), ofNegative, minus(ONE, ofNegative));
}

/** Constants of GELU: see ops/activation.ts. */
const A = 2 * Math.sqrt(2 / Math.PI);
const B = 0.044715 * A;
const sigmoidOf2u = (x: Code, square: Code, keep: Keep): Code =>
  keep(sigmoid(keep(times(x, plus(times(square, number(B)), number(A)))), keep));

const geluTanh = (x: Code, keep: Keep): Code => times(x, sigmoidOf2u(x, times(x, x), keep));
function geluTanhBackward(dy: Code, x: Code, keep: Keep): Code {
  const square = keep(times(x, x));
  const s = sigmoidOf2u(x, square, keep);
  const slope = times(x, plus(times(square, number(3 * B)), number(A)));
  return times(dy, times(s, plus(times(slope, minus(ONE, s)), ONE)));
}
const silu = (x: Code, keep: Keep): Code => times(x, sigmoid(x, keep));
function siluBackward(dy: Code, x: Code, keep: Keep): Code {
  const s = keep(sigmoid(x, keep));
  return times(dy, times(s, plus(times(x, minus(ONE, s)), ONE)));
}

const mean = (sum: Code, columns: Code): Code => over(sum, columns);
/** (x - mean) rstd */
const normalized = ({ x, mean: center, rstd }: Record<'x' | 'mean' | 'rstd', Code>): Code =>
  times(minus(x, center), rstd);
const reciprocalRoot = (sum: Code, columns: Code, { epsilon }: { epsilon: Code }): Code =>
  over(ONE, root(plus(over(sum, columns), epsilon)));

/** Inputs of LayerNorm's and RMSNorm's passes. */
const ROWS = { x: 'each', mean: 'row', rstd: 'row' } as const;
const RMS_ROWS = { x: 'each', rrms: 'row' } as const;

export const PASSES = {
  /** Sum over the rows, for the gradient of a bias. */
  sumOfRows: pass({ output: 'columns', inputs: { x: 'each' }, formula: ({ x }) => x }),
  addBias: pass({ output: 'map', inputs: { x: 'each', bias: 'column' }, formula: ({ x, bias }) => plus(x, bias) }),
  addResidual: pass({
    output: 'map',
    inputs: { x: 'each', residual: 'each' },
    formula: ({ x, residual }) => plus(x, residual),
  }),
  addBiasAndResidual: pass({
    output: 'map',
    inputs: { x: 'each', bias: 'column', residual: 'each' },
    formula: ({ x, bias, residual }) => plus(plus(x, bias), residual),
  }),

  geluTanh: pass({ output: 'map', inputs: { x: 'each' }, formula: ({ x }, keep) => geluTanh(x, keep) }),
  geluTanhBackward: pass({
    output: 'map',
    inputs: { dy: 'each', x: 'each' },
    formula: ({ dy, x }, keep) => geluTanhBackward(dy, x, keep),
  }),
  silu: pass({ output: 'map', inputs: { x: 'each' }, formula: ({ x }, keep) => silu(x, keep) }),
  siluBackward: pass({
    output: 'map',
    inputs: { dy: 'each', x: 'each' },
    formula: ({ dy, x }, keep) => siluBackward(dy, x, keep),
  }),

  mean: pass({ output: 'rows', inputs: { x: 'each' }, formula: ({ x }) => x, finish: mean }),
  /** 1 / standard deviation. */
  rstd: pass({
    output: 'rows',
    inputs: { x: 'each', mean: 'row', epsilon: 'number' },
    formula({ x, mean: center }, keep) {
      const centered = keep(minus(x, center));
      return times(centered, centered);
    },
    finish: reciprocalRoot,
  }),
  layerNorm: pass({
    output: 'map',
    inputs: { ...ROWS, gain: 'column' },
    formula: (value) => times(normalized(value), value.gain),
  }),
  layerNormWithBias: pass({
    output: 'map',
    inputs: { ...ROWS, gain: 'column', bias: 'column' },
    formula: (value) => plus(times(normalized(value), value.gain), value.bias),
  }),
  /** Mean of g = dy gain, and of g n. */
  meanOfG: pass({
    output: 'rows',
    inputs: { dy: 'each', gain: 'column' },
    formula: ({ dy, gain }) => times(dy, gain),
    finish: mean,
  }),
  meanOfGN: pass({
    output: 'rows',
    inputs: { ...ROWS, dy: 'each', gain: 'column' },
    formula: (value) => times(times(value.dy, value.gain), normalized(value)),
    finish: mean,
  }),
  layerNormBackward: pass({
    output: 'map',
    inputs: { ...ROWS, dy: 'each', gain: 'column', meanOfG: 'row', meanOfGN: 'row' },
    formula: (value) =>
      times(
        value.rstd,
        minus(minus(times(value.dy, value.gain), value.meanOfG), times(normalized(value), value.meanOfGN)),
      ),
  }),
  layerNormGain: pass({
    output: 'columns',
    inputs: { ...ROWS, dy: 'each' },
    formula: (value) => times(value.dy, normalized(value)),
  }),

  /** 1 / root mean square. */
  rrms: pass({
    output: 'rows',
    inputs: { x: 'each', epsilon: 'number' },
    formula: ({ x }) => times(x, x),
    finish: reciprocalRoot,
  }),
  rmsNorm: pass({
    output: 'map',
    inputs: { ...RMS_ROWS, gain: 'column' },
    formula: ({ x, rrms, gain }) => times(times(x, rrms), gain),
  }),
  rmsMeanOfGN: pass({
    output: 'rows',
    inputs: { ...RMS_ROWS, dy: 'each', gain: 'column' },
    formula: ({ x, rrms, dy, gain }) => times(times(dy, gain), times(x, rrms)),
    finish: mean,
  }),
  rmsNormBackward: pass({
    output: 'map',
    inputs: { ...RMS_ROWS, dy: 'each', gain: 'column', meanOfGN: 'row' },
    formula: ({ x, rrms, dy, gain, meanOfGN }) => times(rrms, minus(times(dy, gain), times(times(x, rrms), meanOfGN))),
  }),
  rmsNormGain: pass({
    output: 'columns',
    inputs: { ...RMS_ROWS, dy: 'each' },
    formula: ({ x, rrms, dy }) => times(dy, times(x, rrms)),
  }),

  maxOfRow: pass({ output: 'rows', inputs: { x: 'each' }, formula: ({ x }) => x, isMaximum: true }),
  scaleRows: pass({ output: 'map', inputs: { x: 'each', scale: 'row' }, formula: ({ x, scale }) => times(x, scale) }),
} as const satisfies Readonly<Record<string, Pass>>;

export type PassName = keyof typeof PASSES;
/** Names in the order by which tasks number them. */
export const PASS_NAMES = Object.keys(PASSES) as PassName[];
