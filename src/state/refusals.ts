/** Why something cannot be done with a run here now: for buttons, which stay reachable and say so. */
import { dataOf } from '../core/runs/segments';
import { startProblems } from './estimate';
import { isActive } from './phase';
import type { Studio } from './studio';

type Refusal = string | undefined;

/** Why nothing is begun, resumed or brought back here. */
export const TRAINING_ELSEWHERE = 'A run is being trained in another tab: stop it there first';

/** Why the run that is shown cannot go on. */
export function resumeRefusal({
  run,
  texts,
  trainingElsewhere,
}: Pick<Studio, 'run' | 'texts' | 'trainingElsewhere'>): Refusal {
  if (trainingElsewhere) return TRAINING_ELSEWHERE;
  if (!run || dataOf(run).id !== null || texts.length > 0) return undefined;
  return 'This model came without the text that it learnt from: add that text, or another';
}

/** Why no run can be begun, whatever its settings. */
export function beginRefusal({ texts, trainingElsewhere }: Pick<Studio, 'texts' | 'trainingElsewhere'>): Refusal {
  if (texts.length === 0) return 'There is no text to learn from yet';
  return trainingElsewhere ? TRAINING_ELSEWHERE : undefined;
}

/** Why no run can be begun with the settings as they are. */
export const startRefusal = (s: Studio): Refusal => beginRefusal(s) ?? startProblems(s)[0]?.message;

/** Why no other run can become the current one. */
export function bringBackRefusal({
  phase,
  importingModel,
  trainingElsewhere,
}: Pick<Studio, 'phase' | 'importingModel' | 'trainingElsewhere'>): Refusal {
  if (isActive(phase)) return 'A run is in progress: stop and save it first';
  if (trainingElsewhere) return TRAINING_ELSEWHERE;
  return importingModel.kind === 'busy' ? 'A model is being brought in: wait for it, or cancel it' : undefined;
}
