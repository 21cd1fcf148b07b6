/** Opened model files: first a description without reading weights, then everything. */
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
  /**
   * Reads everything.
   * @throws HomegrownError `bad-file` where weights contradict their files; the signal's reason when stopped
   */
  read(job: Job): Promise<ImportedModel>;
}

/** Description of a model in its files. */
export interface Stated {
  /** `Hugging Face folder`, `GGUF`. */
  format: string;
  /** Types of its weights, most frequent first: `BF16`, `Q4_1`. */
  precision: readonly string[];
  /** Bytes of its stored weights. */
  bytes: number;
  /** Model name in the file. */
  name?: string;
  licence?: string;
  /** Facts that the format lacks, and their replacement. */
  lacks?: string;
}

/** Fields of the description to store with the model. */
export const saidOf = ({ name, licence, lacks }: Stated): { title?: string; licence?: string; lacks?: string } => ({
  ...(name !== undefined && { title: name }),
  ...(licence !== undefined && { licence }),
  ...(lacks !== undefined && { lacks }),
});

/** Objective of the model's run; without a run, the default objective, which its record gets on import. */
export const objectiveIn = ({ info }: Pick<ImportedModel, 'info'>): ObjectiveId =>
  info ? recipeOf(info).objective : DEFAULT_RECIPE.objective;

/** Name of the weights file in a folder; otherwise of the first file. */
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
  /** Loss curve of the run, if the folder has one. */
  events: readonly TrainEvent[];
  /** Recipe that cleaned its texts, if the folder has one. */
  recipe?: object;
  /** Description, for an external model. */
  stated?: Stated;
  /** Imported adapter on the model. Its weights are merged, so no recorded run has them. */
  adapted?: Adapted;
  /** Model that its weights are averaged with. */
  mixed?: NonNullable<RunInfo['mixed']>;
}

export interface Adapted {
  /** Name of its folder. */
  name: string;
  trainable: Trainable;
  /** Differences from its files, in a sentence. */
  words?: string;
}
