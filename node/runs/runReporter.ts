/** Progress messages of a run during preparation and training. */
import type { Trainable } from '../../src/core/adapters/trainable';
import type { Progress } from '../../src/core/base/job';
import type { InRows } from '../../src/core/objectives/objective';
import type { DataFacts } from '../../src/core/runs/settings';
import type { Recipe } from '../../src/core/train/recipe';
import type { Recomputation } from '../../src/core/train/recomputation';
import type { DeviceKind, ModelChoice, TrainEvent } from '../../src/core/train/run';
import type { Notices } from '../folders/folderRun';
import type { SavedRun } from '../folders/savedRun';
import type { Planner } from './planner';
import type { Fit } from './timeBudget';

/** A text that is read and tokenized. */
export interface ReadText {
  model: ModelChoice;
  recipe: Recipe;
  data: DataFacts;
  /** Rows of documents; undefined for windows of one stream. */
  laid: InRows | undefined;
  /** The model has learned nothing, so its context can be set. */
  isNew: boolean;
}

/** A run before its first step. */
export interface RunStart {
  data: DataFacts;
  /** Tokens in the training set. */
  train: { tokens: number };
  /** Number of training rows, if they aren't contiguous. */
  rows: number | undefined;
  model: ModelChoice;
  recipe: Recipe;
  /** Vocabulary size of the tokenizer: an imported model may have room for more. */
  vocabulary: number;
  parameters: number;
  /** The device in words. */
  where: string;
  kind: DeviceKind;
  recomputation: Recomputation;
  /** Fit of a run with a time budget. */
  fitted: Fit | null;
  planner: Planner | null;
  trainable: Trainable | undefined;
  /** The saved run that it resumes. */
  past: SavedRun | null;
  /** The model that it starts from, in words. */
  begun: readonly (string | undefined)[];
  /** Whether it starts from trained weights. */
  isContinued: boolean;
  /** Number of steps, which a time budget may change. */
  length(): number;
}

export interface RunReporter extends Notices {
  show(at: Progress): void;
  read(text: ReadText): void;
  starting(run: RunStart): void;
  /** @param events all of the run, up to this one */
  event(event: TrainEvent, events: readonly TrainEvent[]): void;
}
