/** Replay: mixes rows from the base's training text into each step, so that the model forgets less of it. */
import { stream } from '../base/rng';
import { type Batch, type Batches, joined } from '../objectives/batch';

/**
 * Draws the source of each row separately, so that a step's rows don't depend on the grouping of requests. Evaluations
 * use the new text only. Source: Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal", Connection
 * Science 7.
 * @param share of replayed rows, 0 to 1
 */
export const replaying = (own: Batches, old: Batches, share: number): Batches => ({
  async training({ seed, step, first, rows }) {
    const at = stream(seed, 'replay', step);
    const isOld = (row: number): boolean => at(row) < share * 2 ** 32;
    const parts: Batch[] = [];
    for (let row = first; row < first + rows;) {
      const from = row;
      while (row < first + rows && isOld(row) === isOld(from)) row++;
      parts.push(await (isOld(from) ? old : own).training({ seed, step, first: from, rows: row - from }));
    }
    return joined(parts);
  },
  evaluation: (max) => own.evaluation(max),
});
