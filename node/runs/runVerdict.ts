/** The verdict on a run by its events, the same as in the app. */
import type { RunInfo } from '../../src/core/export/homegrownJson';
import { judgeRun } from '../../src/core/runs/judgeRun';
import type { TrainEvent, TrainOutcome } from '../../src/core/train/run';
import type { Verdict } from '../../src/core/train/verdict';

/** @param events of the whole run, also before a resume */
export function verdictOf(
  { model, segments }: Pick<RunInfo, 'model' | 'segments'>,
  events: readonly TrainEvent[],
  { reason }: Pick<TrainOutcome, 'reason'>,
): Verdict {
  const { after, recipe, data } = segments.at(-1)!;
  const steps = events.filter((event) => event.kind === 'step');
  const log = {
    step: steps.map(({ step }) => step),
    loss: steps.map(({ loss }) => loss),
    evaluations: events.filter((event) => event.kind === 'evaluated'),
  };
  // Omits `early`: the summary gives the last step and the reason.
  const progress = { planned: recipe.steps, ending: reason };
  return judgeRun({ model, segments: [{ after, recipe, data: { id: null, facts: data } }] }, log, progress);
}

/** Verdict without the ending, which is in the summary. */
export const verdictWords = ({ finding, evidence, next }: Verdict): string => `${finding}. ${evidence} ${next}`;
