/** The run that trains: started, stopped, resumed and forked. */
import type { Purpose } from '../../core/runs/tuning';
import type { Recipe } from '../../core/train/recipe';
import type { Asked } from '../../core/train/run';
import type { Inputs } from './preparation';
import type { TextsSlice } from './texts';

export interface TrainingSlice {
  /** Run that trains here, from the press on Start until its end. */
  training: Training | null;
  /** Steps at which these settings lost the GPU since their last successful end. */
  lostAt: readonly number[];
  /**
   * Builds missing artifacts and starts a run with the project's settings, or with those planned for a number of
   * minutes.
   */
  start(minutes?: number): Promise<void>;
  /** Ends at the next step boundary and saves; not an error. */
  stop(): void;
  /** Resumes the run that Train shows, to `steps` in all or to its original length; with changes from there on. */
  resume(steps?: number, change?: Change): Promise<void>;
  /** Starts a run from a checkpoint of another, with its settings or with others. */
  fork(from: { runId: string; step: number }, change: Change & { name: string; recipe: Recipe }): Promise<void>;
  /**
   * Starts a run that tunes the project's base for this purpose, or for the project's. `asksFirst`: a classifier starts
   * only if nothing must be decided first; else `undecided` is set.
   */
  tune(purpose?: Purpose, options?: { asksFirst?: boolean }): Promise<void>;
  /** Project whose classifier didn't start because its setup must be answered first; null once that is shown. */
  undecided: string | null;
  showUndecided(): void;
  /** Idle run with a request in progress. */
  asking: string | null;
  /** Lets the run that Train shows evaluate or sample now; its log gets the result. */
  ask(asked: Asked): Promise<void>;
  /** Called at a run's first checkpoint: makes it its project's run, which pages follow. */
  adopt(runId: string): Promise<void>;
}

/** New settings and data of a run that resumes. */
export interface Change {
  recipe?: Recipe;
  /** Uses the project's texts, tokenized by the run's tokenizer, instead of its own. */
  withTexts?: boolean;
}

/** Inputs at the press of a start: another project may be open before the run starts. */
export type Asking = Inputs & Pick<TextsSlice, 'tuneTexts'>;

export interface Training {
  runId: string;
  projectId: string;
}
