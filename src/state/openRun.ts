/** Open runs of this page by id; the run of each page, and the one that trains here. */
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { HomegrownError, toFailure } from '../core/base/errors';
import { formatCount } from '../core/base/units';
import { endingOf } from '../core/runs/ending';
import type { Ending } from '../core/train/endingWord';
import type { RunRecord } from '../core/runs/record';
import { recipeOf } from '../core/runs/segments';
import { isTuning } from '../core/runs/tunes';
import { isActive } from './phase';
import { RunLog } from './runLog';
import type { Studio } from './slices/studio';
import type { Saved, OpenRun, Page } from './slices/run';

/** A run with saved weights, which the Playground and the export can use. */
type Model = OpenRun & { record: RunRecord; usable: Saved };
export const PAGES: readonly Page[] = ['train', 'evaluate', 'playground', 'export'];

export const newOpenRun = (id: string): OpenRun => ({
  id,
  record: null,
  log: new RunLog(),
  logVersion: 0,
  before: new RunLog(),
  steps: [],
  saved: null,
  usable: null,
  which: 'latest',
  phase: { kind: 'idle' },
});
/** Placeholder for a page without a run. Never mutated. */
export const NO_RUN = newOpenRun('');

/** Whether a page's run is being opened; until then, the page has nothing to show. */
export const isOpening = (s: Pick<Studio, 'shown' | 'project' | 'opened' | 'openingRuns'>, page: Page): boolean => {
  const id = shownId(s, page);
  return s.openingRuns && id !== null && !s.opened[id];
};

export type ShownRuns = Pick<Studio, 'shown' | 'opened' | 'project'>;

/** Null without a run. A page follows the project's run unless a person chose another. */
export const shownId = ({ shown, project }: Pick<Studio, 'shown' | 'project'>, page: Page): string | null =>
  shown[page] ?? project.runId;

export const shownRun = (s: ShownRuns, page: Page): OpenRun => s.opened[shownId(s, page) ?? ''] ?? NO_RUN;

/** Run of a page, if it has usable weights. */
export function modelOf(s: ShownRuns, page: Page): Model | null {
  const run = shownRun(s, page);
  return isModel(run) ? run : null;
}

export const isModel = (run: OpenRun): run is Model => run.record !== null && run.usable !== null;

/** Run that trains in this tab, of any project. */
export const trainingRun = ({ training, opened }: Pick<Studio, 'training' | 'opened'>): OpenRun | null =>
  (training && opened[training.runId]) ?? null;

export const isTraining = (s: Pick<Studio, 'training' | 'opened'>): boolean =>
  isActive((trainingRun(s) ?? NO_RUN).phase);

/** Run described by strip, title and announcements: the training one, else the one that Train shows. */
export const spokenRun = (s: Studio): OpenRun => trainingRun(s) ?? shownRun(s, 'train');

/** Whether it tunes another model, also before its record says so. */
export const isTuned = ({ tunes, record }: Pick<OpenRun, 'tunes' | 'record'>): boolean =>
  tunes ?? (record !== null && isTuning(record));

/** How an idle run ended. Without a record it was stopped before its first save. */
export function endingOfRun({ record, phase }: Pick<OpenRun, 'record' | 'phase'>): Ending {
  if (phase.kind === 'failed') return 'failed';
  if (phase.kind !== 'stopped') return 'finished';
  return record ? endingOf(record, phase.step, phase.of) : 'stopped';
}

/** Whether only the best weights remain, so that the run can't resume. */
export const isWeightsAlone = ({ record, usable, saved }: OpenRun): boolean =>
  record !== null && usable !== null && saved === null;

/** State of an idle run from its checkpoints; without one to resume from, a failure. */
export function asSaved(run: OpenRun): OpenRun {
  const { record, steps, phase, log } = run;
  const newest = steps.find(({ latest }) => latest);
  const best = steps.find((step) => step.best);
  const [saved, usable] = [savedAs(newest), savedAs(newest ?? best)];
  const withCheckpoints = { ...run, saved, usable };
  if (!saved) {
    if (!record || isActive(phase)) return withCheckpoints;
    const failure = toFailure(best ? weightsAlone(record, best.step) : nothingSaved(record));
    return { ...withCheckpoints, phase: { kind: 'failed', failure, step: 0, of: recipeOf(record).steps } };
  }
  if (phase.kind !== 'stopped' && phase.kind !== 'finished') return withCheckpoints;
  const { step } = saved;
  const lost = lostAfter(log, step);
  log.truncate(step);
  const kind = step >= phase.of ? 'finished' : 'stopped';
  return {
    ...withCheckpoints,
    ...(lost && { lost }),
    logVersion: run.logVersion + 1,
    phase: { kind, step, of: phase.of },
  };
}

function lostAfter({ step: steps, activeMs }: RunLog, saved: number): OpenRun['lost'] {
  const newest = steps.at(-1) ?? 0;
  if (newest <= saved) return undefined;
  const savedIndex = steps.findLastIndex((step) => step <= saved);
  return { steps: newest - saved, milliseconds: activeMs.at(-1)! - (activeMs[savedIndex] ?? 0) };
}

const savedAs = (checkpoint: SavedStep | undefined): Saved | null =>
  checkpoint ? { step: checkpoint.step, bytes: checkpoint.bytes, at: null } : null;

/** Failure of a run with a record but no checkpoint. */
const nothingSaved = ({ id, step }: RunRecord): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `Run ${id} has no checkpoint that can be opened, though step ${step} was saved`,
    'Train again on the same text. The rest of this run is unchanged.',
  );

const weightsAlone = ({ id }: RunRecord, best: number): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `Run ${id} has no checkpoint to resume from. Its best weights (step ${formatCount(best)}) are saved, without optimizer state`,
    'Use them in Playground, or export them. To continue training from them, import the exported Hugging Face folder: the optimizer then starts fresh.',
  );
