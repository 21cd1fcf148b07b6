/** Which steps on the way are kept light, and what of them has room: pure. */
import { formatBytes, formatCount } from '../base/units';

export interface KeptPlan {
  /** Ascending. */
  steps: readonly number[];
  /** Of all of them. */
  bytes: number;
  /** What is kept, as a sentence. */
  words: string;
}

/** Bytes of a number of half precision. */
const HALF = 2;
/** Kept whole at most, the best counted so too: the newest step, the one before, the best. */
const WHOLE = 3;

/**
 * Steps 1, 2, 4, 8, ... below the last, as Pythia spaced its checkpoints (Biderman et al. 2023, arXiv:2304.01373): weights
 * alone, of half precision. The earliest are left out until all that is kept of the run is within the budget.
 * @param steps of the run in all
 * @param parameters that learn
 * @param wholeBytes of a whole step
 * @param budget bytes that the run's saved steps may take, less those that are pinned
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
  const each = HALF * parameters;
  const room = Math.max(0, Math.floor(roomForLight({ whole: wholeBytes, pinned: 0 }, budget) / each));
  const spaced: number[] = [];
  for (let step = 1; step < total; step *= 2) spaced.push(step);
  const steps = spaced.slice(Math.max(0, spaced.length - room));
  const bytes = each * steps.length;
  return { steps, bytes, words: inWords(steps, bytes, budget) };
}

function inWords(steps: readonly number[], bytes: number, budget: number): string {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined)
    return `No intermediate checkpoints: ${formatBytes(budget)} is too little.`;
  const which =
    first === last
      ? `Intermediate checkpoint: step ${formatCount(first)}`
      : `Intermediate checkpoints: ${steps.length}, from step ${formatCount(first)} to ${formatCount(last)}`;
  return `${which}; weights only, 16 bits, ${formatBytes(bytes)}.`;
}

/** Bytes left for light steps after complete and pinned ones; negative where those alone exceed the budget. */
export const roomForLight = ({ whole, pinned }: { whole: number; pinned: number }, budget: number): number =>
  budget - WHOLE * whole - pinned;

/** The newest light steps for which there is room; oldest first, as they are given. */
export function within<T extends { bytes: number }>(room: number, light: readonly T[]): readonly T[] {
  let total = light.reduce((sum, { bytes }) => sum + bytes, 0);
  let from = 0;
  while (from < light.length && total > room) total -= light[from++]!.bytes;
  return light.slice(from);
}
