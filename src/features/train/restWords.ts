/** Verdict text of a run that doesn't train and isn't finished. */
import { counted, formatCount, formatDuration } from '../../core/base/units';
import { recipeOf } from '../../core/runs/segments';
import { endingWord } from '../../core/train/endingWord';
import { endingOfRun } from '../../state/openRun';
import { millisecondsLeft } from '../../state/pace';
import type { OpenRun } from '../../state/slices/run';

interface RestWords {
  judgement: string;
  evidence: string;
}

/** `Paused at step 2,600`: `Everything is saved. 47 s left.` Reports the lost steps of an interrupted run. */
export function restWords(run: OpenRun): RestWords {
  const { saved, log, lost, record } = run;
  const ending = endingOfRun(run);
  const word = endingWord(ending);
  const step = saved?.step ?? 0;
  const left = millisecondsLeft(log, record ? recipeOf(record).steps : 0);
  const leftWords = left === undefined ? '' : ` ${formatDuration(left)} left.`;
  if (ending !== 'interrupted')
    return { judgement: `${word} at step ${formatCount(step)}`, evidence: `Everything is saved.${leftWords}` };
  const steps = lost?.steps ?? 0;
  const judgement = `${word} at step ${formatCount(step + steps)}`;
  // The log is written once a second, so steps of the last second are unknown.
  if (steps === 0)
    return { judgement, evidence: `Step ${formatCount(step)} is saved; at most a few seconds are lost.${leftWords}` };
  const time = `about ${formatDuration(lost!.milliseconds)} of training`;
  const which = steps === 1 ? 'the step after it' : `the ${counted(steps, 'step')} after it`;
  const are = steps === 1 ? 'is' : 'are';
  return { judgement, evidence: `Step ${formatCount(step)} is saved; ${which}, ${time}, ${are} lost.${leftWords}` };
}
