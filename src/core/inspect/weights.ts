/** Weights of a model: size and spectrum of every tensor. */
import { yieldToEventLoop, type Pause } from '../base/job';
import { modelSpec } from '../models';
import type { Network } from '../models/network';
import type { Parameter } from '../models/spec';
import { singularValues } from './singularValues';

export interface WeightSummary {
  name: string;
  /** First column and the one after the last, of one of several joined matrices; absent for a whole tensor. */
  columns?: readonly [from: number, to: number];
  shape: readonly number[];
  /** Frobenius norm: root of the sum of squares. */
  norm: number;
  mean: number;
  /** Standard deviation. */
  deviation: number;
  /** Largest magnitude. */
  max: number;
  /** Only for matrices. */
  spectrum?: Spectrum;
}
interface Spectrum {
  /** Singular values, highest first. */
  values: Float64Array;
  /** Squared norm over the square of the highest singular value (Rudelson and Vershynin 2007). */
  stableRank: number;
  /** exp of the entropy of the singular values as shares of their sum (Roy and Vetterli 2007). */
  effectiveRank: number;
}

/** @param layer of whose tensors alone to return, from 0; absent: all */
export async function weightSummaries(
  { choice: { id, config, vocabulary }, params }: Network,
  layer?: number,
  pause: Pause = yieldToEventLoop,
): Promise<readonly WeightSummary[]> {
  const found: WeightSummary[] = [];
  for (const [name, parameter] of Object.entries(modelSpec(id).params(config, vocabulary))) {
    if (layer !== undefined && Number(/\.(\d+)\./.exec(name)?.[1]) !== layer) continue;
    const data = await params[name]!.data<'float32'>();
    for (const part of partsOf(data, parameter)) {
      found.push({ name, ...part.columns, shape: part.shape, ...summaryOf(part.values), ...spectrumOf(part) });
      await pause();
    }
  }
  return found;
}

interface Part {
  values: Float32Array;
  shape: readonly number[];
  columns?: { columns: readonly [from: number, to: number] };
}

/** The matrices that are joined in a tensor, or all of it. */
function partsOf(values: Float32Array, { shape, widths }: Parameter): readonly Part[] {
  const [rows, columns] = shape;
  if (!widths || rows === undefined || columns === undefined) return [{ values, shape }];
  let from = 0;
  return widths.map((width) => {
    const part = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++)
      part.set(values.subarray(row * columns + from, row * columns + from + width), row * width);
    from += width;
    return { values: part, shape: [rows, width], columns: { columns: [from - width, from] } };
  });
}

function summaryOf(values: Float32Array) {
  let [sum, squares, max] = [0, 0, 0];
  for (const x of values) {
    sum += x;
    squares += x * x;
    max = Math.max(max, Math.abs(x));
  }
  const mean = sum / values.length;
  return { norm: Math.sqrt(squares), mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean ** 2)), max }; // prettier-ignore
}

function spectrumOf({ values: matrix, shape: [rows, columns] }: Part): { spectrum?: Spectrum } {
  if (rows === undefined || columns === undefined) return {};
  const values = singularValues(matrix, rows, columns);
  const [sum, squares] = values.reduce(([a, b], x) => [a + x, b + x * x], [0, 0]);
  if (sum === 0) return { spectrum: { values, stableRank: 0, effectiveRank: 0 } };
  const entropy = values.reduce((all, x) => (x > 0 ? all - (x / sum) * Math.log(x / sum) : all), 0);
  return { spectrum: { values, stableRank: squares / values[0]! ** 2, effectiveRank: Math.exp(entropy) } };
}
