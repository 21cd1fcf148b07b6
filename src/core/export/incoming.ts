/** A model in somebody's files, opened: what it is, before any of its weights is read; and then all of it. */
import type { Trainable } from '../adapters/trainable';
import type { Job } from '../base/job';
import type { Snapshot } from '../checkpoint/snapshot';
import type { ObjectiveId } from '../objectives';
import { recipeOf } from '../runs/segments';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { ModelChoice, TrainEvent } from '../train/run';
import type { RunInfo } from './homegrownJson';

export interface Incoming {
  model: ModelChoice;
  tokenizer: Tokenizer;
  /** Null when the files are not ours. */
  info: RunInfo | null;
  stated: Stated;
  /** All of it. @throws HomegrownError `bad-file` where weights are not what their files say; the signal's reason when stopped */
  read(job: Job): Promise<ImportedModel>;
}

/** What the files of a model say of themselves. */
export interface Stated {
  /** `Hugging Face folder`, `GGUF`. */
  format: string;
  /** How its weights are written there, most of them first: `BF16`, `Q4_1`. */
  precision: readonly string[];
  /** Of its weights as they lie there. */
  bytes: number;
  /** As it calls itself. */
  name?: string;
  licence?: string;
  /** What it comes without, and what is done about that, as the format says it. */
  lacks?: string;
}

/** What of that goes with the model. */
export const saidOf = ({ name, licence, lacks }: Stated): { title?: string; licence?: string; lacks?: string } => ({
  ...(name !== undefined && { title: name }),
  ...(licence !== undefined && { licence }),
  ...(lacks !== undefined && { lacks }),
});

/** Returns the objective of the run; of a model without a run, the one that its record gets on import. */
export const objectiveIn = ({ info }: Pick<ImportedModel, 'info'>): ObjectiveId =>
  info ? recipeOf(info).objective : DEFAULT_RECIPE.objective;

/** Of a folder, the file of its weights; else what was given. */
export const weightsFile = (files: readonly { name: string }[]): string =>
  (files.find(({ name }) => /\.(safetensors|gguf)$/i.test(name)) ?? files[0]!).name;

export interface ImportedModel {
  model: ModelChoice;
  tokenizer: Tokenizer;
  /** Weights, and the optimizer's moments when the files have them: then training resumes exactly. */
  snapshot: Snapshot;
  resumable: boolean;
  /** Null when the folder is not ours. */
  info: RunInfo | null;
  /** The run's curve, where the folder holds it. */
  events: readonly TrainEvent[];
  /** What its texts were cleaned by, where the folder says it. */
  recipe?: object;
  /** Of one that is not ours. */
  stated?: Stated;
  /** An imported adapter on it. Its weights are merged, so no recorded run has them. */
  adapted?: Adapted;
  /** What its weights are averaged with. */
  mixed?: NonNullable<RunInfo['mixed']>;
}

export interface Adapted {
  /** Its folder. */
  name: string;
  trainable: Trainable;
  /** Differences from its files, in a sentence. */
  words?: string;
}
