/** The trained model that pages use: its checkpoint and its quality. */
import { formatBytes, formatCount } from '../core/base/units';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { headlineWords } from '../core/objectives';
import { bestNotKept, comparableBest, defaultStep, isOfEarlierSegment, type StepLoss } from '../core/runs/best';
import type { PickedStep } from '../core/runs/project';
import { isMeasuredAlike, measuredAt } from '../core/runs/segments';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { isOpening, isWeightsAlone, modelOf, shownRun } from './openRun';
import type { Studio } from './slices/studio';
import type { OpenRun, Page } from './slices/run';

/** Checkpoint that a choice currently stands for. */
export const chosenStep = ({ steps, which }: Pick<OpenRun, 'steps' | 'which'>): SavedStep | undefined =>
  steps.find((step) => (which === 'latest' ? step.latest : which === 'best' ? step.best : step.step === which));

/** Returns the choice, or instead of a checkpoint the newest, or without a newest the best. */
function existingChoice(steps: readonly SavedStep[], which: WhichSnapshot): WhichSnapshot {
  if (steps.length === 0 || chosenStep({ steps, which })) return which;
  return steps.some(({ latest }) => latest) ? 'latest' : 'best';
}

/** A reopened run, with the checkpoint that a person had picked, if it still exists. */
export const asPicked = (run: OpenRun, picked: PickedStep | null): OpenRun =>
  picked?.runId === run.id && chosenStep({ steps: run.steps, which: picked.which })
    ? { ...run, which: picked.which, isPicked: true }
    : run;

/** The step to work with: the one a person picked, if it's still saved; otherwise the default. */
export function whichNow(
  run: Pick<OpenRun, 'record' | 'which' | 'isPicked' | 'log'>,
  steps: readonly SavedStep[],
): WhichSnapshot {
  const { record, which, isPicked, log } = run;
  return existingChoice(steps, isPicked || !record ? which : defaultStep(record, steps, log.evaluations));
}

/** Checkpoint of a run that pages use, also if the run isn't open. */
export function usedStep({ opened, runs }: Pick<Studio, 'opened' | 'runs'>, runId: string): number | undefined {
  const run = opened[runId];
  const open = run?.record ? (chosenStep(run) ?? run.usable)?.step : undefined;
  const row = runs?.find(({ record }) => record.id === runId);
  return open ?? row?.used ?? row?.step;
}

/** A run's model as requested from the GPU worker, at the checkpoint that pages use. */
export const usedModel = (
  s: Pick<Studio, 'opened' | 'runs'>,
  runId: string,
): { runId: string; which: WhichSnapshot } => ({ runId, which: usedStep(s, runId) ?? 'latest' });

/** `Step 120, best on the validation set`. */
export function usedStepWords(s: Pick<Studio, 'opened' | 'runs'>, runId: string): string | undefined {
  const step = usedStep(s, runId);
  const row = s.runs?.find(({ record }) => record.id === runId);
  if (step === undefined || !row) return undefined;
  const best = s.opened[runId]?.steps.find((each) => each.best)?.step ?? row.used;
  const why = step === row.step ? 'latest' : step === best ? BEST : 'picked by you';
  return `Step ${formatCount(step)}, ${why}`;
}
const BEST = 'best on the validation set';

/** A step better than any kept one. */
function notKept(run: OpenRun): StepLoss | undefined {
  const latest = run.steps.find((step) => step.latest);
  if (!latest || !run.record) return undefined;
  const comparable = run.log.evaluations.filter(isMeasuredAlike(run.record, latest.step));
  return bestNotKept(comparable, latest.step, comparableBest(run));
}

/** Words on whether the best step was kept, for a run that trained past it. */
export function bestWords(run: OpenRun): string | undefined {
  const [better, best] = [notKept(run), comparableBest(run)];
  if (better) return `Step ${formatCount(better.step)} wasn't saved.`;
  return best ? `Best step ${formatCount(best.step)} is saved.` : undefined;
}

interface StepChoice {
  value: string;
  label: string;
  /** Size and contents: `0.7 MB, weights only, F16`. */
  hint: string;
}

/** Every checkpoint, newest first; none if there is no choice. */
export function stepChoices(run: OpenRun): readonly StepChoice[] {
  if (run.steps.length < 2) return [];
  const steps = new Map<string, SavedStep>();
  for (const step of run.steps) if (steps.get(valueOf(step))?.holds !== 'all') steps.set(valueOf(step), step);
  return [...steps.values()].toReversed().map((step) => ({
    value: valueOf(step),
    label: [`Step ${formatCount(step.step)}`, ...kindsOf(run, step)].join(', '),
    hint: [formatBytes(step.bytes), holdsWords(step) ?? 'with optimizer state'].join(', '),
  }));
}
/** The newest and the best are stored as such, as they may change later. */
const valueOf = ({ latest, best, step }: SavedStep): string => (latest ? 'latest' : best ? 'best' : String(step));

/** Value of the current choice. */
export function choiceOf(run: OpenRun): string | null {
  const chosen = chosenStep(run);
  return chosen ? valueOf(chosen) : null;
}
export const whichOf = (value: string): WhichSnapshot =>
  value === 'latest' || value === 'best' ? value : Number(value);

/** Missing parts of a checkpoint; undefined if it is complete. */
const holdsWords = ({ holds, precision }: Pick<SavedStep, 'holds' | 'precision'>): string | undefined =>
  holds === 'all' ? undefined : `weights only${precision === 'f16' ? ', F16' : ''}`;

function kindsOf(run: OpenRun, step: SavedStep): readonly string[] {
  const { latest, best, pinned, light } = step;
  const kinds = [
    ...(latest ? ['latest'] : []),
    ...(best ? [bestLabel(run, step)] : []),
    ...(pinned ? ['pinned'] : []),
    ...(light ? ['weights only'] : []),
  ];
  return kinds.length > 0 ? kinds : ['previous'];
}

function bestLabel(run: OpenRun, best: SavedStep): string {
  if (isOfEarlierSegment(run, best)) return 'best before the settings changed';
  return notKept(run) ? 'best saved' : 'best';
}

interface Trained {
  step: number;
  /** Why an earlier checkpoint is used. */
  why: string | undefined;
  name: string;
  /**
   * Last evaluation at or before that step: `perplexity 85.4 on held-out text`, with its step if it is an earlier
   * one.
   */
  result: string | undefined;
  /** A better step without weights, or newer unreadable ones; completes the sentence of a line. */
  notKept: string | undefined;
  /** Missing parts: `weights only, F16`. */
  holds: string | undefined;
}

export function trained(s: Studio, page: Page): Trained {
  const run = shownRun(s, page);
  const { record } = run;
  const chosen = chosenStep(run);
  const step = chosen?.step ?? run.usable?.step ?? 0;
  const measured = record ? measuredAt(record, run.log.evaluations, step) : undefined;
  // An evaluation before the first step doesn't describe a later one.
  const shown = measured && (measured.step > 0 || step === 0) ? measured : undefined;
  const loss = chosen?.loss ?? shown?.loss;
  const stepWords = chosen?.loss == null && shown && shown.step !== step ? ` at step ${formatCount(shown.step)}` : '';
  const better = notKept(run);
  const objective = record?.objective ?? s.project.recipe.objective;
  return {
    step,
    why: chosen?.best && !chosen.latest ? BEST : undefined,
    name: record?.name ?? s.project.name,
    result: loss === undefined ? undefined : `${headlineWords(objective, loss)} on held-out text${stepWords}`,
    holds: chosen && holdsWords(chosen),
    notKept: isWeightsAlone(run)
      ? "newer checkpoints can't be opened"
      : better && `best step ${formatCount(better.step)}, ${headlineWords(objective, better.loss)}, wasn't saved`,
  };
}

/** Checkpoint of a page, for the rail; undefined without a model. */
export function modelLine(s: Studio, page: Page): string | undefined {
  const model = modelOf(s, page);
  return model && !isOpening(s, page) ? `step ${formatCount((chosenStep(model) ?? model.usable).step)}` : undefined;
}
