/** What a run of grow or tune starts from: new weights, a model, or a saved run. */
import type { Trainable } from '../src/core/adapters/trainable';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { frozenBase } from '../src/jobs/frozenBase';
import { baseOf } from '../node/folders/base';
import type { Laid } from '../node/texts/examples';
import { openStartingModel, type StartingModel } from '../node/folders/startingModel';
import type { OPTIONS } from './growOptions';
import { type Options, UsageError, type Values } from './options';
import { openSavedRun, type SavedRun } from '../node/folders/savedRun';
import { type Begins, startOf, type Tuning } from './tuning';

/** A command of grow or tune. */
export interface LearnCommand {
  options: Values<typeof OPTIONS>;
  /** Names of the flags that were typed. */
  given: ReadonlySet<string>;
  /** Settings of tune alone. */
  tuning?: Tuning | undefined;
}

export interface RunOrigin {
  /** The saved run that this one resumes. */
  past: SavedRun | null;
  /** The model that a new run starts from. */
  start: StartingModel | null;
  /** What tune trains of that model. */
  began: Begins | undefined;
  /** Undefined where all weights are trained. */
  trainable: Trainable | undefined;
  /** Weights that stay as they are, in their precision. */
  base: NamedTensors | undefined;
}

/** @throws HomegrownError `bad-file`, `bad-settings`; UsageError where flags contradict the saved run */
export async function openOrigin({ options, tuning }: LearnCommand): Promise<RunOrigin> {
  const { resume, from, seed } = options;
  const past = resume === undefined ? null : await openSavedRun(resume);
  if (past && from !== undefined && !past.info.trainable?.adapter && !past.info.replayed)
    throw new UsageError('--from starts a new run from a model; --resume continues a run. Use one of them.');
  const opened = from === undefined || past ? null : await openStartingModel(from, contextOf(options));
  const start = opened && tuning ? startOf(opened, tuning, seed) : opened;
  const began = start ? await tuning?.begins(start) : undefined;
  const trained = past ? past.info.trainable : began?.trainable;
  const trainable = trained && { ...trained, ...(tuning && tuning.rest !== 'f32' && { rest: tuning.rest }) };
  const weights = past ? await baseOf(past, from) : (began?.base ?? start?.weights);
  const model = past?.info.model ?? start?.model;
  const base = weights && model ? frozenBase({ model, weights }, trainable) : weights;
  return { past, start, began, trainable, base };
}

/** `--context`, a flag of the model's sizes. */
const contextOf = (options: Values<Options>): number | undefined => options['context'] as number | undefined;

/** Labeled examples that a classifier is trained on; undefined for other runs. */
export const examplesOf = ({ tuning }: LearnCommand, { past }: RunOrigin): Laid | undefined =>
  past ? past.local?.examples : tuning?.classify?.examples.laid;

/** The folder or file of the model that the run started from; undefined for new weights. */
export const baseModelPath = ({ options }: LearnCommand, { past }: RunOrigin): string | undefined =>
  options.from ?? past?.local?.base;
