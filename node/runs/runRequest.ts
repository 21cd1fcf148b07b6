/** Request for a run: settings, texts and folders, without flags. */
import type { SplitChoice } from '../../src/core/documents/split';
import type { TrainSettings } from '../../src/core/tokenizer/train';
import type { Recipe, RecomputeChoice } from '../../src/core/train/recipe';
import type { ModelChoice } from '../../src/core/train/run';
import type { AskedFiles } from '../texts/filesToRead';
import type { Tuning } from './tuning';

export interface RunRequest {
  /** Folder of the model. */
  out: string;
  /** Folder of the run to resume. */
  resume: string | undefined;
  /** Folder or file of the model to start from, or of the base of an adapter that resumes. */
  from: string | undefined;
  files: AskedFiles;
  /** Cleaning recipe: its name or its file. */
  cleaning: string;
  /** Settings of a new tokenizer. */
  tokenizer: TrainSettings;
  split: SplitChoice;
  /** Architecture and sizes of a new model; undefined for a run that resumes or starts from a model. */
  model: Pick<ModelChoice, 'id' | 'config'> | undefined;
  /** Context in tokens at which the model of `from` is read. */
  context: number | undefined;
  /** Settings that a person chose. The others have their defaults, or the values of the run that resumes. */
  recipe: Partial<Recipe>;
  /** Undefined: as in the resumed run, or decided by memory. */
  recompute: RecomputeChoice | undefined;
  /** Tokens per update, in place of rows and micro-batches. */
  batchTokens: number | undefined;
  /** Memory limit in gigabytes; 0 for the device's own. */
  memory: number;
  /** Time budget of the whole command, in place of a number of steps. */
  minutes: number | undefined;
  /** Sizes, tokenizer and batch are planned for the text, the device and the time. */
  isPlanned: boolean;
  /** Settings of tune; undefined for grow. */
  tuning: Tuning | undefined;
}
