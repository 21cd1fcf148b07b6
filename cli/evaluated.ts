/** An evaluation as JSON. */
import { answersAt, eachLabel } from '../src/core/evaluate/eachLabel';
import type { Evaluation } from '../src/core/evaluate/evaluation';

/** Omits values that only pages draw. */
export const evaluationJson = ({
  metrics,
  baselines,
  confusion,
  labelled,
  minimalPairs: right,
  swaps,
  tasks,
}: Evaluation) => ({
  metrics,
  baselines,
  ...(confusion && { confusion }),
  ...(labelled && {
    temperature: labelled.temperature,
    calibrationError: labelled.calibrationError,
    cut: labelled.cut,
    answers: answersAt(labelled, labelled.atLeast ?? 0),
    ...(!confusion && { labels: eachLabel(labelled) }),
  }),
  ...(right && { minimalPairs: right }),
  ...(swaps && { swaps }),
  ...(tasks && { tasks }),
});
