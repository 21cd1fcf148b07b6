/** Service for the one run that trains in this tab, from the press on Start to its outcome. */
import type { Failure } from '../../core/base/errors';
import type { TrainEvent, TrainOutcome } from '../../core/train/run';
import type { Phase } from '../phase';
import type { OpenRun } from './run';
import type { Training } from './training';

export interface TrainingSession {
  /** Null if nothing trains here. */
  current(): Training | null;
  /** Stop signal of the newest start. */
  signal(): AbortSignal;
  stop(): void;
  phaseOf(runId: string): Phase;
  setPhase(runId: string, phase: Phase): void;
  fail(runId: string, failure: Failure, step?: number, of?: number): void;
  /**
   * Takes the training lock, which only one tab holds. Undefined if another tab has it, which a toast reports;
   * nothing changes.
   * @param projectId project of the run, even if another one is shown now
   */
  claim(runId: string, projectId: string, begun?: Pick<OpenRun, 'tunes'>): Promise<Claim | undefined>;
  /** Reloads the record, which the worker writes. */
  refresh(runId: string): Promise<void>;
  /** Runs `begin` from compiling to its outcome, and updates the log and the phase. */
  follow(
    run: { runId: string; of: number; settings: string },
    begin: (options: FollowOptions) => Promise<TrainOutcome>,
  ): Promise<void>;
}

export interface FollowOptions {
  signal: AbortSignal;
  onProgress(events: readonly TrainEvent[]): void;
}

/** The training lock of this tab. */
export interface Claim {
  end(): void;
  /** Restores the state before the press. */
  undo(): void;
}
