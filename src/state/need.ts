/** Why a page that needs a model has none, and a link to get one. */
import { isTraining, isTuned, modelOf, shownId, shownRun } from './openRun';
import { isUnreadable } from './phase';
import { beginRefusal } from './refusals';
import type { Purpose } from '../core/runs/tuning';
import type { Studio } from './slices/studio';
import type { Page } from './slices/run';
import { tuningBase } from './tuningInputs';

export interface Need {
  /** A sentence; undefined if the project's next step leads to a model. */
  reason: string | undefined;
  /** The link, if it isn't the project's next step. */
  button: { label: string; path: string } | undefined;
}

/** Missing precondition of a page's model; undefined once there is one. */
export function modelNeed(s: Studio, page: Page): Need | undefined {
  if (modelOf(s, page)) return undefined;
  const run = shownRun(s, page);
  if (isToCome(s, page)) return NOT_SAVED_YET;
  if (isUnreadable(run.phase)) {
    // If Train shows another run, Runs says what happened to this one.
    const path = shownId(s, 'train') === run.id ? '/train' : '/runs';
    return { reason: 'The run can’t be opened.', button: { label: 'Show what happened', path } };
  }
  if (s.shown[page] !== null) {
    return { reason: 'No step of this run is saved anymore.', button: { label: 'Show runs', path: '/runs' } };
  }
  return toTrain(s);
}

/** Missing precondition of a model that Teach it more can tune; undefined once there is one. */
export function baseNeed(s: Studio, purpose: Purpose): Need | undefined {
  if (tuningBase(s, purpose)) return undefined;
  if (isToCome(s, 'train') && !isTuned(shownRun(s, 'train'))) return NOT_SAVED_YET;
  const runs = s.runs ?? [];
  if (runs.some(({ record }) => record.model.config.classes)) {
    const button = s.texts.length > 0 ? { label: 'Set up training…', path: '/model' } : { label: 'Add text…', path: '/text' }; // prettier-ignore
    return { reason: 'A classifier can’t learn to write. Train a language model first.', button };
  }
  if (runs.length > 0)
    return { reason: 'No run has a saved step anymore.', button: { label: 'Show runs', path: '/runs' } };
  return toTrain(s);
}

const NOT_SAVED_YET: Need = {
  reason: 'The run hasn’t saved a step yet. This page opens with the first.',
  button: { label: 'Watch it train', path: '/train' },
};

/** The project's next step, or the settings if they can't be trained. */
function toTrain(s: Studio): Need {
  const refusal = s.texts.length > 0 ? beginRefusal(s) : undefined;
  if (refusal === undefined) return { reason: undefined, button: undefined };
  return { reason: refusal, button: { label: 'Change settings…', path: '/model' } };
}

/** Whether the training run is the page's, or will be with its first checkpoint. */
function isToCome(s: Studio, page: Page): boolean {
  const { training, shown, project } = s;
  if (!training || !isTraining(s)) return false;
  return shown[page] === null ? training.projectId === project.id : shown[page] === training.runId;
}
