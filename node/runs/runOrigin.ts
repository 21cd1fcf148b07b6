/** Start of a run: new weights, a model, or a saved run. */
import type { Trainable } from '../../src/core/adapters/trainable';
import type { NamedTensors } from '../../src/core/checkpoint/tensors';
import { DEFAULT_RECIPE } from '../../src/core/train/recipe';
import { frozenBase } from '../../src/jobs/frozenBase';
import { baseOf } from '../folders/base';
import type { ExampleSources } from '../texts/examples';
import { openStartingModel, type StartingModel } from '../folders/startingModel';
import type { SavedRun } from '../folders/savedRun';
import type { RunRequest } from './runRequest';
import { type Begins, tunedStart } from './tuning';

export interface RunOrigin {
  /** The saved run that this one resumes. */
  past: SavedRun | null;
  /** The model that a new run starts from. */
  start: StartingModel | null;
  /** Parts of that model that tune trains. */
  began: Begins | undefined;
  /** Undefined if all weights are trained. */
  trainable: Trainable | undefined;
  /** Frozen weights, in their precision. */
  base: NamedTensors | undefined;
}

/** @param past the saved run that it resumes @throws HomegrownError `bad-file`, `bad-settings` */
export async function openOrigin(request: RunRequest, past: SavedRun | null): Promise<RunOrigin> {
  const { from, tuning, recipe, context } = request;
  const { seed = DEFAULT_RECIPE.seed } = recipe;
  const startingModel = from === undefined || past ? null : await openStartingModel(from, context);
  const start = startingModel && tuning ? tunedStart(startingModel, tuning, seed) : startingModel;
  const tuningStart = start ? await tuning?.begins(start) : undefined;
  const trained = past ? past.info.trainable : tuningStart?.trainable;
  const trainable = trained && { ...trained, ...(tuning && tuning.rest !== 'f32' && { rest: tuning.rest }) };
  const weights = past ? await baseOf(past, from) : (tuningStart?.base ?? start?.weights);
  const model = past?.info.model ?? start?.model;
  const base = weights && model ? frozenBase({ model, weights }, trainable) : weights;
  return { past, start, began: tuningStart, trainable, base };
}

/** Labeled examples that a classifier is trained on; undefined for other runs. */
export const examplesOf = ({ tuning }: RunRequest, { past }: RunOrigin): ExampleSources | undefined =>
  past ? past.local?.examples : tuning?.classify?.examples.laid;

/** The folder or file of the model that the run started from; undefined for new weights. */
export const baseModelPath = ({ from }: RunRequest, { past }: RunOrigin): string | undefined =>
  from ?? past?.local?.base;
