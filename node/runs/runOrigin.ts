/** Where a run starts: at new weights, at a model, or at the saved step of a run that it resumes. */
import type { Trainable } from '../../src/core/adapters/trainable';
import type { NamedTensors } from '../../src/core/checkpoint/tensors';
import { DEFAULT_RECIPE } from '../../src/core/train/recipe';
import { frozenBase } from '../../src/jobs/frozenBase';
import { baseOf } from '../folders/base';
import type { ExampleSources } from '../texts/examples';
import { openStartingModel, type StartingModel } from '../folders/startingModel';
import type { SavedRun } from '../folders/savedRun';
import type { RunRequest } from './runRequest';
import { type TuningWeights, tunedStart } from './tuning';

export interface RunOrigin {
  /** The saved run that this one resumes; null for a new run. */
  past: SavedRun | null;
  /** The model that a new run starts from; null for new weights and for a resumed run. */
  start: StartingModel | null;
  /** Weights that a new tuning run starts from; undefined for other runs. */
  tuned: TuningWeights | undefined;
  /** Trained part of the model; undefined if all weights are trained. */
  trainable: Trainable | undefined;
  /** Weights of the base, the frozen ones rounded to their precision; undefined for new weights. */
  base: NamedTensors | undefined;
}

/**
 * Reads the weights that a run starts from.
 * @param past the saved run that this one resumes; null for a new run
 * @throws HomegrownError `bad-file` if the model can't be read, `bad-settings` if it doesn't suit the request
 */
export async function openOrigin(request: RunRequest, past: SavedRun | null): Promise<RunOrigin> {
  const { from, tuning, recipe, context } = request;
  const { seed = DEFAULT_RECIPE.seed } = recipe;
  const startingModel = from === undefined || past ? null : await openStartingModel(from, context);
  const start = startingModel && tuning ? tunedStart(startingModel, tuning, seed) : startingModel;
  const tuned = start ? await tuning?.startOn(start) : undefined;
  const trainedPart = past ? past.info.trainable : tuned?.trainable;
  const trainable = trainedPart && { ...trainedPart, ...(tuning && tuning.rest !== 'f32' && { rest: tuning.rest }) };
  const weights = past ? await baseOf(past, from) : (tuned?.base ?? start?.weights);
  const model = past?.info.model ?? start?.model;
  const base = weights && model ? frozenBase({ model, weights }, trainable) : weights;
  return { past, start, tuned, trainable, base };
}

/** Labeled examples that a classifier is trained on; undefined for other runs. */
export const examplesOf = ({ tuning }: RunRequest, { past }: RunOrigin): ExampleSources | undefined =>
  past ? past.local?.examples : tuning?.classify?.examples.laid;

/** The folder or file of the model that the run started from; undefined for new weights. */
export const baseModelPath = ({ from }: RunRequest, { past }: RunOrigin): string | undefined =>
  from ?? past?.local?.base;
