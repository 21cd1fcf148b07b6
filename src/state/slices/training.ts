/** The run that trains: started, stopped, resumed and forked. */
import type { Purpose } from '../../core/runs/tuning';
import type { Recipe } from '../../core/train/recipe';
import type { Asked } from '../../core/train/run';
import type { Inputs } from './preparation';
import type { TextsSlice } from './texts';

export interface TrainingSlice {
  /** The run that trains here, from the press on Start until its end. */
  training: Training | null;
  /** Steps at which these settings have lost the GPU since they last came to an end. */
  lostAt: readonly number[];
  /**
   * Prepares what is missing and begins a new run with the project's settings, or with those that are planned for so many
   * minutes.
   */
  start(minutes?: number): Promise<void>;
  /** Ends at the next step boundary and saves; not an error. */
  stop(): void;
  /** Continues the run that Train shows to `steps` in all, or to what it was to have; with what is changed from there on. */
  resume(steps?: number, change?: Change): Promise<void>;
  /** Begins a run from a saved step of another, with its settings or with others. */
  fork(from: { runId: string; step: number }, change: Change & { name: string; recipe: Recipe }): Promise<void>;
  /**
   * Begins a run that tunes the project's base to this purpose, or to the one that is set.
   * `asksFirst`: a classifier starts only if nothing must be decided first; else `undecided` says so.
   */
  tune(purpose?: Purpose, options?: { asksFirst?: boolean }): Promise<void>;
  /** Project whose classifier didn't start, because its setup asks something first; null once that is shown. */
  undecided: string | null;
  showUndecided(): void;
  /** The run at rest that is being asked. */
  asking: string | null;
  /** Asks the run that Train shows to measure or to write now: what it answers is in its log. */
  ask(asked: Asked): Promise<void>;
  /** The run has a saved step: from now on it is its project's, which pages follow. */
  adopt(runId: string): Promise<void>;
}

/** New settings and data of a run that resumes. */
export interface Change {
  recipe?: Recipe;
  /** The project's texts, cut by the run's tokenizer, in place of its own. */
  withTexts?: boolean;
}

/** What a start was pressed with: another project may be shown before the run begins. */
export type Asking = Inputs & Pick<TextsSlice, 'tuneTexts'>;

export interface Training {
  runId: string;
  projectId: string;
}
