/** Replay: mixes rows from the base's training text into each step, so that the model forgets less of it. */
import { stream } from '../base/rng';
import { type Batch, type Batches, joined } from '../objectives/batch';

/**
 * Draws the source of each row separately, so that a step's rows don't depend on the grouping of requests. Evaluations
 * use the new text only. Source: Robins 1995, "Catastrophic forgetting, rehearsal and pseudorehearsal", Connection
 * Science 7.
 * @param share of replayed rows, 0 to 1
 */
export const replaying = (current: Batches, previous: Batches, share: number): Batches => ({
  async training({ seed, step, first, rows }) {
    const random = stream(seed, 'replay', step);
    const isOld = (row: number): boolean => random(row) < share * 2 ** 32;
    const parts: Batch[] = [];
    for (let row = first; row < first + rows;) {
      const start = row;
      while (row < first + rows && isOld(row) === isOld(start)) row++;
      parts.push(await (isOld(start) ? previous : current).training({ seed, step, first: start, rows: row - start }));
    }
    return joined(parts);
  },
  evaluation: (max) => current.evaluation(max),
});
