/** Resumes a run from its folder: reads it, and adds the segment of the new session. */
import { badFile, type HomegrownError } from '../../src/core/base/errors';
import type { Snapshot } from '../../src/core/checkpoint/snapshot';
import { type RunInfo, segmentsOf, segmentInfos, withoutStep } from '../../src/core/export/homegrownJson';
import { resumedState } from '../../src/core/runs/resumedState';
import { continued, dataOf, isMeasuredAlike, recipeOf } from '../../src/core/runs/segments';
import { type DataFacts, decisionOfFork } from '../../src/core/runs/settings';
import type { Recipe as CleaningRecipe } from '../../src/core/documents/clean/recipe';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { type Recipe } from '../../src/core/train/recipe';
import type { TrainEvent } from '../../src/core/train/run';
import { type Local, readLocal } from './local';
import { readModel } from './readModel';
import { recipeOfRun } from './recipe';

/** A run whose folder has all that an exact continuation needs. */
export interface SavedRun {
  folder: string;
  info: RunInfo;
  /** Training data of the newest segment. */
  data: DataFacts;
  tokenizer: Tokenizer;
  snapshot: Snapshot;
  /** Events up to the saved step; later ones would be repeated. */
  events: readonly TrainEvent[];
  /** Paths of the run's files on the machine that wrote the folder; null without local.json. */
  local: Local | null;
  /** Cleaning recipe of its texts; absent if none was cleaned. */
  recipe?: CleaningRecipe;
}

/** @throws HomegrownError `bad-file` if the folder lacks files that a resume needs */
export async function openSavedRun(folder: string): Promise<SavedRun> {
  const { info, tokenizer, snapshot, resumable, events } = await readModel(folder);
  if (!info) throw cannotResume(folder, 'homegrown.json, with the training settings, is missing');
  const data = dataOf(info);
  if (!data) throw cannotResume(folder, "homegrown.json doesn't name the training text");
  if (!resumable) throw cannotResume(folder, 'optimizer.safetensors, needed for an exact continuation, is missing');
  const savedEvents = events.filter((event) => event.kind !== 'compiling' && event.step <= info.state.step);
  const recipe = await recipeOfRun(folder, data);
  const local = await readLocal(folder);
  return { folder, info, data, tokenizer, snapshot, events: savedEvents, local, ...(recipe && { recipe }) };
}

const cannotResume = (folder: string, why: string): HomegrownError =>
  badFile(`Can't resume the run in ${folder}: ${why}`, 'Name a folder that grow wrote, or start a new run.');

/**
 * Returns the description of a run that resumes, and the snapshot that it resumes from. Another recipe starts a new
 * segment.
 * @param newRun identity of a fork in another folder; null if the run resumes in its own folder
 */
export function resumedRun(
  { info, data, snapshot, events }: SavedRun,
  recipe: Recipe,
  newRun: Pick<RunInfo, 'id' | 'createdAt'> | null,
): { info: RunInfo; from: Snapshot } {
  const { step } = info.state;
  const segments = segmentInfos(continued(segmentsOf(info), step, { recipe, data: { id: null, facts: data } }));
  const isNewSegment = segments.at(-1)!.after === step;
  const { version, id, parent, ...rest } = withoutStep(info);
  const newParent = newRun ? parentOf(info) : parent;
  const { decision } = info;
  return {
    info: {
      version,
      id,
      ...(newParent && { parent: newParent }),
      ...rest,
      ...newRun,
      ...(newRun && decision && { decision: decisionOfFork(decision) }),
      segments,
      ...(isNewSegment && { result: null }),
    },
    from: { ...snapshot, state: resumedState({ segments }, snapshot.state, bestSaved(segments, info, events)) },
  };
}

/** Returns the run with another number of steps in its newest segment. */
export function withSteps(info: RunInfo, steps: number): RunInfo {
  const [first, ...rest] = info.segments.map((segment, i, { length }) =>
    i === length - 1 ? { ...segment, recipe: { ...segment.recipe, steps } } : segment,
  );
  return { ...info, segments: [first!, ...rest] };
}

/** The run as the parent of a fork. */
const parentOf = ({ id, name, state }: RunInfo): NonNullable<RunInfo['parent']> => ({
  id,
  step: state.step,
  how: 'fork',
  name,
});

/**
 * Returns the best saved step in the segment that continues; null if it has none. The folder holds only the newest step,
 * so the losses of earlier ones come from the events. Losses of other segments aren't comparable.
 */
function bestSaved(
  segments: RunInfo['segments'],
  { state }: RunInfo,
  events: readonly TrainEvent[],
): Snapshot['state']['best'] {
  const isComparable = isMeasuredAlike({ segments }, state.step + 1);
  let best = state.best && isComparable(state.best) ? state.best : null;
  for (const event of events) {
    if (event.kind !== 'evaluated' || event.step % recipeOf({ segments }).saveEvery !== 0 || !isComparable(event))
      continue;
    if (event.loss < (best?.loss ?? Infinity)) best = { step: event.step, loss: event.loss };
  }
  return best;
}
