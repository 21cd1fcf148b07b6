/** Training loss at a step: the mean over recent steps, because single steps are noisy. */

export interface Mean {
  mean: number;
  /** Standard error. */
  error: number;
}
interface Curve {
  readonly step: readonly number[];
  readonly loss: readonly number[];
}

/** Number of steps to average: a tenth of those so far, because the loss falls fast at first, and at most 50. */
const windowOf = (steps: number): number => Math.min(50, Math.ceil(steps / 10));

/** Mean training loss at `step`; undefined if no step was logged. */
export const trainingAt = (training: Curve, step: number, after = 0): number | undefined =>
  meanAt(training, step, after)?.mean;

/** Mean over the last steps up to `step` and after `after`; undefined if none was logged. */
export function meanAt({ step: steps, loss }: Curve, step: number, after: number): Mean | undefined {
  const begin = after === 0 ? 0 : countUpTo(steps, after);
  const end = countUpTo(steps, step);
  const count = windowOf(end - begin);
  if (count <= 0) return undefined;
  let [sum, squares] = [0, 0];
  for (let i = end - count; i < end; i++) {
    sum += loss[i]!;
    squares += loss[i]! ** 2;
  }
  const mean = sum / count;
  return { mean, error: Math.sqrt(Math.max(0, squares / count - mean ** 2) / count) };
}

/** Number of values, in ascending order, that are at most `max`. */
export function countUpTo(values: readonly number[], max: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= max) low = middle + 1;
    else high = middle;
  }
  return low;
}
