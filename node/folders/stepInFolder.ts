/** Description of a run in its folder, at its newest step. */
import type { RunInfo } from '../../src/core/export/homegrownJson';
import { bestNotKept } from '../../src/core/runs/best';
import { isMeasuredAlike } from '../../src/core/runs/segments';
import type { TrainEvent, TrainState } from '../../src/core/train/run';

/** The folder has only the newest step, so no other is its best; a better one is recorded as not kept. */
export function infoInFolder(
  info: RunInfo,
  state: TrainState,
  events: readonly TrainEvent[],
  status: NonNullable<RunInfo['status']>,
): RunInfo {
  const best = state.best?.step === state.step ? state.best : null;
  const evaluations = events.filter((event) => event.kind === 'evaluated').filter(isMeasuredAlike(info, state.step));
  const betterStep = bestNotKept(evaluations, state.step, best);
  return { ...info, status, state: { ...state, best }, ...(betterStep && { bestNotKept: betterStep }) };
}

/** Whether an evaluation at this step was better than the one before the first. */
export function hasImproved(events: readonly TrainEvent[], step: number): boolean {
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  return first?.step === 0 && last?.step === step && last.loss < first.loss;
}

/** Perplexity on old text, if an evaluation measured it. */
export const oldIn = (event: TrainEvent): number[] =>
  event.kind === 'evaluated' && event.metrics['oldPerplexity'] ? [event.metrics['oldPerplexity'].value] : [];

/** Whether an evaluation followed the last save. */
export const isLastMeasured = (events: readonly TrainEvent[]): boolean =>
  events.findLastIndex(({ kind }) => kind === 'evaluated') > events.findLastIndex(({ kind }) => kind === 'saved');
