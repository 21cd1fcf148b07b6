/** Schedule of intermediate checkpoints within a budget, as pure functions. */
import { formatBytes, formatCount } from '../base/units';

export interface KeptPlan {
  /** Ascending. */
  steps: readonly number[];
  /** Total bytes. */
  bytes: number;
  /** Description of the plan, as a sentence. */
  words: string;
}

/** Bytes of an f16 number. */
const HALF = 2;
/** Maximum number of complete steps: the newest, the one before, and the best, counted as complete. */
const WHOLE = 3;

/**
 * Intermediate checkpoints at steps 1, 2, 4, 8, ... below the last, as in Pythia (Biderman et al. 2023,
 * arXiv:2304.01373): weights alone, in f16. Leaves out the earliest until the run is within the budget.
 * @param steps of the whole run
 * @param parameters number of trainable parameters
 * @param wholeBytes of a complete step
 * @param budget bytes for the run's saved steps, without pinned ones
 */
export function keptPlan({
  steps: total,
  parameters,
  wholeBytes,
  budget,
}: {
  steps: number;
  parameters: number;
  wholeBytes: number;
  budget: number;
}): KeptPlan {
  const bytesPerStep = HALF * parameters;
  const room = Math.max(0, Math.floor(roomForLight({ whole: wholeBytes, pinned: 0 }, budget) / bytesPerStep));
  const powersOfTwo: number[] = [];
  for (let step = 1; step < total; step *= 2) powersOfTwo.push(step);
  const steps = powersOfTwo.slice(Math.max(0, powersOfTwo.length - room));
  const bytes = bytesPerStep * steps.length;
  return { steps, bytes, words: planWords(steps, bytes, budget) };
}

function planWords(steps: readonly number[], bytes: number, budget: number): string {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined)
    return `No intermediate checkpoints: ${formatBytes(budget)} is too little.`;
  const subject =
    first === last
      ? `Intermediate checkpoint: step ${formatCount(first)}`
      : `Intermediate checkpoints: ${steps.length}, from step ${formatCount(first)} to ${formatCount(last)}`;
  return `${subject}; weights only, 16 bits, ${formatBytes(bytes)}.`;
}

/** Bytes left for light steps after complete and pinned ones; negative if those alone exceed the budget. */
export const roomForLight = ({ whole, pinned }: { whole: number; pinned: number }, budget: number): number =>
  budget - WHOLE * whole - pinned;

/** Newest light steps that fit; oldest first, like the input. */
export function within<T extends { bytes: number }>(room: number, light: readonly T[]): readonly T[] {
  let total = light.reduce((sum, { bytes }) => sum + bytes, 0);
  let start = 0;
  while (start < light.length && total > room) total -= light[start++]!.bytes;
  return light.slice(start);
}
