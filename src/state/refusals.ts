/** Reasons why an action on a run isn't available now, for disabled buttons. */
import { dataOf } from '../core/runs/segments';
import { isTuning } from '../core/runs/tunes';
import { TUNING_DATA } from '../core/runs/tuningData';
import type { Asked } from '../core/train/run';
import { startProblems } from './estimate';
import { PAGES, shownId, shownRun } from './openRun';
import { textsFor } from './preparation';
import type { Studio } from './slices/studio';
import type { Page } from './slices/run';
import { toTuneOn, tuningBase } from './tuningInputs';

type Refusal = string | undefined;

/** Why nothing can start or resume here. */
export const TRAINING_ELSEWHERE = 'Training runs in another tab: stop it there first';
const TRAINING_HERE = 'Another run is training: stop and save it first';

/** Why the run that Train shows can't resume. */
export function resumeRefusal(s: Studio): Refusal {
  const { record } = shownRun(s, 'train');
  const { training, trainingElsewhere } = s;
  if (trainingElsewhere) return TRAINING_ELSEWHERE;
  if (s.asking !== null && s.asking === record?.id) return BEING_ASKED;
  if (training && training.runId !== record?.id) return TRAINING_HERE;
  if (!record || dataOf(record).id !== null || textsFor(record, s).length > 0) return undefined;
  return isTuning(record)
    ? 'This model was imported without its training data. Add data on Teach it more'
    : 'This model was imported without its training text. Add text first';
}

/** Why the run that Train shows can't write a sample or be evaluated now. */
export function askRefusal(s: Studio, what: Asked['what']): Refusal {
  const { record } = shownRun(s, 'train');
  if (s.training?.runId === record?.id) return undefined;
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  if (s.asking !== null) return BEING_ASKED;
  return what === 'evaluate' && record && dataOf(record).id === null
    ? 'This model was imported without its validation text'
    : undefined;
}
const BEING_ASKED = 'The run is being evaluated or is writing a sample';

/** Why no run can start, whatever its settings. */
export function beginRefusal(s: Pick<Studio, 'texts' | 'trainingElsewhere' | 'training'>): Refusal {
  if (s.texts.length === 0) return 'Add text first';
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  return s.training ? TRAINING_HERE : undefined;
}

/** Why no fine-tuning can start, whatever its settings. */
export function tuneRefusal(s: Studio, purpose = s.project.tuning.purpose): Refusal {
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  if (s.training) return TRAINING_HERE;
  if (purpose !== 'classify' && !tuningBase(s, purpose)) return 'Train or import a model first';
  return toTuneOn(s, purpose).length > 0 ? undefined : `Add ${TUNING_DATA[purpose].noun} first`;
}

/** Why no run can start with the current settings. */
export const startRefusal = (s: Studio): Refusal => beginRefusal(s) ?? startProblems(s)[0]?.message;

/** Why the checkpoints of a run can't be deleted. */
export function freeRefusal(s: Pick<Studio, 'opened' | 'shown' | 'project' | 'training'>, runId: string): Refusal {
  if (s.training?.runId === runId) return 'This run is training: stop and save it first';
  if (!s.opened[runId]) return undefined;
  const pages = PAGES.filter((page) => shownId(s, page) === runId).map((page) => NAMES[page]);
  if (pages.length === 0) return 'This run is open: open another run first';
  return `${new Intl.ListFormat('en-GB').format(pages)} ${pages.length === 1 ? 'shows' : 'show'} this run: open another run first`;
}

const NAMES: Readonly<Record<Page, string>> = {
  train: 'Train',
  evaluate: 'Evaluate',
  playground: 'Playground',
  export: 'Export',
};
