/** Phase of the run as one value, so that "paused and running" can't be expressed. */
import type { Failure } from '../core/base/errors';
import type { Counted, TrainEvent } from '../core/train/run';

export type Phase =
  | { kind: 'idle' }
  | { kind: 'preparing' }
  | { kind: 'compiling'; kernels?: Counted }
  | { kind: 'training'; step: number; of: number }
  | { kind: 'stopping'; step: number; of: number }
  | { kind: 'stopped' | 'finished'; step: number; of: number }
  | { kind: 'failed'; failure: Failure; step: number; of: number };

export const isActive = ({ kind }: Phase): boolean =>
  kind === 'preparing' || kind === 'compiling' || kind === 'training' || kind === 'stopping';

/** Whether it trained, and doesn't now; a failure is something else. */
export const isAtRest = ({ kind }: Phase): boolean => kind === 'stopped' || kind === 'finished';

/** Whether all kernels are compiled: the initial evaluation and the first step are in progress. */
export const isBeginning = (phase: Phase): boolean =>
  phase.kind === 'compiling' && phase.kernels !== undefined && phase.kernels.done === phase.kernels.of;

/** Whether records of the run can't be read, or not by this version. */
export const isUnreadable = (phase: Phase): boolean =>
  phase.kind === 'failed' && (phase.failure.code === 'storage-damaged' || phase.failure.code === 'newer-version');

/** Phase after one more event of a run of `of` steps. */
export function next(phase: Phase, event: TrainEvent, of: number): Phase {
  if (phase.kind === 'stopping') return phase; // late events must not undo the click
  switch (event.kind) {
    case 'compiling':
      return event;
    case 'step':
      return { kind: 'training', step: event.step, of };
    case 'shown':
    case 'evaluated':
    case 'saved':
    case 'kept':
    case 'early':
    case 'sampled':
      return phase;
    default:
      return event satisfies never;
  }
}
