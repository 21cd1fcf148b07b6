/** What a folder tells of a run at its newest step, and what its curve says of that. */
import type { RunInfo } from '../src/core/export/homegrownJson';
import { formatCount } from '../src/core/base/units';
import { bestNotKept } from '../src/core/runs/best';
import { endingOf } from '../src/core/runs/ending';
import { endingWord } from '../src/core/train/endingWord';
import { isMeasuredAlike, recipeOf } from '../src/core/runs/segments';
import type { TrainEvent, TrainState } from '../src/core/train/run';

/** The folder holds the newest step alone: no other is its best, and of a better one it says that it was not kept. */
export function ofFolder(
  info: RunInfo,
  state: TrainState,
  events: readonly TrainEvent[],
  status: NonNullable<RunInfo['status']>,
): RunInfo {
  const best = state.best?.step === state.step ? state.best : null;
  const evaluations = events.filter((event) => event.kind === 'evaluated').filter(isMeasuredAlike(info, state.step));
  const unkept = bestNotKept(evaluations, state.step, best);
  return { ...info, status, state: { ...state, best }, ...(unkept && { bestNotKept: unkept }) };
}

/** Whether an evaluation at this step was better than the one before the first. */
export function hasImproved(events: readonly TrainEvent[], step: number): boolean {
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  return first?.step === 0 && last?.step === step && last.loss < first.loss;
}

/** What an evaluation says of text that was learnt before, where it was measured: perplexity. */
export const oldIn = (event: TrainEvent): number[] =>
  event.kind === 'evaluated' && event.metrics['oldPerplexity'] ? [event.metrics['oldPerplexity'].value] : [];

/** Whether an evaluation came after the last save. */
export const isLastMeasured = (events: readonly TrainEvent[]): boolean =>
  events.findLastIndex(({ kind }) => kind === 'evaluated') > events.findLastIndex(({ kind }) => kind === 'saved');

/** Which step a folder holds, and whether another one was better. */
export function heldStepWords({ model, state, bestNotKept }: RunInfo): string {
  const isBest = state.best?.step === state.step;
  const kind = model.config.classes ? 'classifier' : 'model';
  const step = `Saved ${kind}: step ${formatCount(state.step)}${isBest ? ', best on the validation set' : ''}.`;
  const better = bestNotKept ?? (isBest ? null : state.best);
  if (!better) return step;
  const where = bestNotKept ? ", but isn't saved" : '';
  return `${step} Step ${formatCount(better.step)} was better on the validation set${where}.`;
}

/**
 * Step that a command uses, for people and as JSON; empty for a model without a run.
 * @param combined flags that combine it with another model
 */
export function usedStep(
  info: RunInfo | null,
  combined: readonly (string | undefined)[] = [],
): { words?: string; json?: { step: number } } {
  if (!info || info.mixed || combined.some((flag) => flag !== undefined)) return {};
  return { words: heldStepWords(info), json: { step: info.state.step } };
}

/** How a run came to rest, as its folder knows; undefined where an older build wrote it, or an export did. */
export function endingWords({ status, state, segments }: RunInfo): string | undefined {
  if (status === undefined) return undefined;
  const ending = endingOf({ status }, state.step, recipeOf({ segments }).steps);
  const word = endingWord(ending).toLowerCase();
  return ending === 'interrupted' ? `${word} or still running` : word;
}
