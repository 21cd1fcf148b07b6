/** An evaluation, as programs are told it. */
import type { Evaluation } from '../src/core/evaluate/evaluation';

/** Without what only pages draw. */
export const toldOf = ({ metrics, baselines, confusion, minimalPairs: right, swaps, tasks }: Evaluation) => ({
  metrics,
  baselines,
  ...(confusion && { confusion }),
  ...(right && { minimalPairs: right }),
  ...(swaps && { swaps }),
  ...(tasks && { tasks }),
});
