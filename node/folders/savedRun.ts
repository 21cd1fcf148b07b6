/** A run read from its folder in order to resume, and its next segment. */
import { badFile, type HomegrownError } from '../../src/core/base/errors';
import type { Snapshot } from '../../src/core/checkpoint/snapshot';
import { type RunInfo, segmentsOf, segmentInfos, withoutStep } from '../../src/core/export/homegrownJson';
import { resumedState } from '../../src/core/runs/resumedState';
import { continued, dataOf, isMeasuredAlike, recipeOf } from '../../src/core/runs/segments';
import { type DataFacts, decisionOfFork } from '../../src/core/runs/settings';
import type { Recipe } from '../../src/core/documents/clean/recipe';
import type { Tokenizer } from '../../src/core/tokenizer/tokenizer';
import { type Recipe as TrainRecipe } from '../../src/core/train/recipe';
import type { TrainEvent } from '../../src/core/train/run';
import { type Local, readLocal } from './local';
import { readModel } from './readModel';
import { recipeOfRun } from './recipe';

export interface SavedRun {
  folder: string;
  info: RunInfo;
  /** Data of the newest segment. */
  data: DataFacts;
  tokenizer: Tokenizer;
  snapshot: Snapshot;
  /** Events up to the saved step. */
  events: readonly TrainEvent[];
  local: Local | null;
  /** Recipe of its cleaned texts; absent if none was cleaned. */
  recipe?: Recipe;
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
 * Returns the run as it resumes, with a recipe that may differ, and the step that it resumes from.
 * @param newRun fields of a new run in another folder; null if the run itself resumes
 */
export function resumedRun(
  { info, data, snapshot, events }: SavedRun,
  recipe: TrainRecipe,
  newRun: Pick<RunInfo, 'id' | 'createdAt'> | null,
): { info: RunInfo; from: Snapshot } {
  const { step } = info.state;
  const segments = segmentInfos(continued(segmentsOf(info), step, { recipe, data: { id: null, facts: data } }));
  const isNewSegment = segments.at(-1)!.after === step;
  const { version, id, parent, ...rest } = withoutStep(info);
  const from = newRun ? parentOf(info) : parent;
  const { decision } = info;
  return {
    info: {
      version,
      id,
      ...(from && { parent: from }),
      ...rest,
      ...newRun,
      ...(newRun && decision && { decision: decisionOfFork(decision) }),
      segments,
      ...(isNewSegment && { result: null }),
    },
    from: { ...snapshot, state: resumedState({ segments }, snapshot.state, bestSaved(segments, info, events)) },
  };
}

/** Returns the run with another number of steps. */
export function withSteps(info: RunInfo, steps: number): RunInfo {
  const [first, ...rest] = info.segments.map((segment, i, { length }) =>
    i === length - 1 ? { ...segment, recipe: { ...segment.recipe, steps } } : segment,
  );
  return { ...info, segments: [first!, ...rest] };
}

const parentOf = ({ id, name, state }: RunInfo): NonNullable<RunInfo['parent']> => ({
  id,
  step: state.step,
  how: 'fork',
  name,
});

/** Returns the best of all saved steps: the folder has only the newest. */
function bestSaved(
  segments: RunInfo['segments'],
  { state }: RunInfo,
  events: readonly TrainEvent[],
): Snapshot['state']['best'] {
  const isAlike = isMeasuredAlike({ segments }, state.step + 1);
  let best = state.best && isAlike(state.best) ? state.best : null;
  for (const event of events) {
    if (event.kind !== 'evaluated' || event.step % recipeOf({ segments }).saveEvery !== 0 || !isAlike(event)) continue;
    if (event.loss < (best?.loss ?? Infinity)) best = { step: event.step, loss: event.loss };
  }
  return best;
}
