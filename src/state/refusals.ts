/** Why something cannot be done with a run here now: for buttons, which stay reachable and say so. */
import { dataOf } from '../core/runs/segments';
import { isTuning } from '../core/runs/tunes';
import type { Asked } from '../core/train/run';
import { startProblems } from './estimate';
import { type Page, PAGES, shownId, shownRun } from './openRun';
import { textsFor } from './preparation';
import type { Studio } from './studio';
import { toTuneOn, tuningBase } from './tuning';

type Refusal = string | undefined;

/** Why nothing is begun or resumed here. */
export const TRAINING_ELSEWHERE = 'A run is being trained in another tab: stop it there first';
const TRAINING_HERE = 'Another run is in progress: stop and save it first';

/** Why the run that Train shows cannot go on. */
export function resumeRefusal(s: Studio): Refusal {
  const { record } = shownRun(s, 'train');
  const { training, trainingElsewhere } = s;
  if (trainingElsewhere) return TRAINING_ELSEWHERE;
  if (s.asking !== null && s.asking === record?.id) return BEING_ASKED;
  if (training && training.runId !== record?.id) return TRAINING_HERE;
  if (!record || dataOf(record).id !== null || textsFor(record, s).length > 0) return undefined;
  return isTuning(record)
    ? 'This model came without its tuning data. Add that, or other data, on Teach it more'
    : 'This model came without the text that it learnt from: add that text, or another';
}

/** Why the run that Train shows cannot be asked to write, or to be measured, now. */
export function askRefusal(s: Studio, what: Asked['what']): Refusal {
  const { record } = shownRun(s, 'train');
  if (s.training?.runId === record?.id) return undefined;
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  if (s.asking !== null) return BEING_ASKED;
  return what === 'evaluate' && record && dataOf(record).id === null
    ? 'It came without the text that it learnt from, so there is nothing to measure it on'
    : undefined;
}
const BEING_ASKED = 'It is being measured, or writes, just now';

/** Why no run can be begun, whatever its settings. */
export function beginRefusal(s: Pick<Studio, 'texts' | 'trainingElsewhere' | 'training'>): Refusal {
  if (s.texts.length === 0) return 'There is no text to learn from yet';
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  return s.training ? TRAINING_HERE : undefined;
}

/** Why no run can be begun that tunes, whatever its settings. */
export function tuneRefusal(s: Studio, purpose = s.project.tuning.purpose): Refusal {
  if (s.trainingElsewhere) return TRAINING_ELSEWHERE;
  if (s.training) return TRAINING_HERE;
  if (purpose !== 'classify' && !tuningBase(s, purpose)) return 'There is no model to tune yet';
  return toTuneOn(s, purpose).length > 0 ? undefined : NOTHING_TO_LEARN[purpose];
}

const NOTHING_TO_LEARN = {
  adapt: 'There is no text to learn yet',
  instruct: 'There are no chats to learn yet',
  classify: 'There are no texts with labels to learn yet',
} as const;

/** Why no run can be begun with the settings as they are. */
export const startRefusal = (s: Studio): Refusal => beginRefusal(s) ?? startProblems(s)[0]?.message;

/** Why the saved steps of a run cannot be given back. */
export function freeRefusal(s: Pick<Studio, 'opened' | 'shown' | 'project' | 'training'>, runId: string): Refusal {
  if (s.training?.runId === runId) return 'It is in progress: stop and save it first';
  if (!s.opened[runId]) return undefined;
  const pages = PAGES.filter((page) => shownId(s, page) === runId).map((page) => NAMES[page]);
  if (pages.length === 0) return 'It is open: open another run first';
  return `${new Intl.ListFormat('en-GB').format(pages)} ${pages.length === 1 ? 'shows' : 'show'} it: open another run first`;
}

const NAMES: Readonly<Record<Page, string>> = {
  train: 'Train',
  evaluate: 'Evaluate',
  playground: 'Playground',
  export: 'Export',
};
