/** The trained model that can be talked to and taken home: which step of it, how good, or what it still needs. */
import { formatCount } from '../core/base/units';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { headlineWords } from '../core/objectives';
import { bestNotKept, type Measured } from '../core/runs/best';
import { isMeasuredAlike, measuredAt } from '../core/runs/segments';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';
import { isTraining, isWeightsAlone, modelOf, type OpenRun, type Page, shownRun } from './openRun';
import { isUnreadable } from './phase';
import type { Studio } from './studio';

/** The saved step that a choice means now. */
export const chosenStep = ({ steps, which }: Pick<OpenRun, 'steps' | 'which'>): SavedStep | undefined =>
  steps.find((s) => (which === 'latest' ? s.latest : which === 'best' ? s.best : s.step === which));

/** Where the step that was chosen is gone it is the newest, and where no newest can be opened the best. */
export function stillThere(steps: readonly SavedStep[], which: WhichSnapshot): WhichSnapshot {
  if (steps.length === 0 || chosenStep({ steps, which })) return which;
  return steps.some(({ latest }) => latest) ? 'latest' : 'best';
}

/** The best step that is kept, where it knows its loss, and that was measured on what the newest one learns from. */
export function keptBest(run: OpenRun): Measured | null {
  const best = run.steps.find((step) => step.best);
  return best && best.loss !== null && !isOfEarlierSegment(run, best) ? { step: best.step, loss: best.loss } : null;
}

/** Whether a step did best on a text, or with settings, that the run has left. */
function isOfEarlierSegment({ steps, record }: OpenRun, step: SavedStep): boolean {
  const latest = steps.find((other) => other.latest);
  return record !== null && latest !== undefined && !isMeasuredAlike(record, latest.step)(step);
}

/** A step that did better than any that is kept. */
function notKept(run: OpenRun): Measured | undefined {
  const latest = run.steps.find((step) => step.latest);
  if (!latest || !run.record) return undefined;
  const measured = run.log.evaluations.filter(isMeasuredAlike(run.record, latest.step));
  return bestNotKept(measured, latest.step, keptBest(run));
}

/** Whether there is still something of the best step, for a run that went past it. */
export function bestWords(run: OpenRun): string | undefined {
  const [better, best] = [notKept(run), keptBest(run)];
  if (better) return `Step ${formatCount(better.step)} was not kept.`;
  return best ? `Step ${formatCount(best.step)} is kept as the best.` : undefined;
}

/** The newest step, and the best that is kept; none where the two are one. */
export function stepChoices(run: OpenRun): readonly { value: 'latest' | 'best'; label: string }[] {
  const latest = run.steps.find((step) => step.latest);
  const best = run.steps.find((step) => step.best);
  if (!latest || !best || best.step === latest.step) return [];
  return [
    { value: 'latest', label: `Step ${formatCount(latest.step)}, the latest` },
    { value: 'best', label: `Step ${formatCount(best.step)}, ${bestLabel(run, best)}` },
  ];
}

function bestLabel(run: OpenRun, best: SavedStep): string {
  if (isOfEarlierSegment(run, best)) return 'the best before it went on otherwise';
  return notKept(run) ? 'the best kept' : 'the best';
}

export interface Trained {
  step: number;
  name: string;
  /** On held-out text, at the last evaluation up to that step: `perplexity 85.4`. */
  result: string | undefined;
  /** A better step whose weights are gone, or newer ones that cannot be opened; in words that go on from a line's. */
  notKept: string | undefined;
}

export function trained(s: Studio, page: Page): Trained {
  const run = shownRun(s, page);
  const { record } = run;
  const chosen = chosenStep(run);
  const step = chosen?.step ?? run.usable?.step ?? 0;
  const loss = chosen?.loss ?? (record ? measuredAt(record, run.log.evaluations, step)?.loss : undefined);
  const better = notKept(run);
  const objective = record?.objective ?? s.project.recipe.objective;
  return {
    step,
    name: record?.name ?? s.project.name,
    result: loss === undefined ? undefined : headlineWords(objective, loss),
    notKept: isWeightsAlone(run)
      ? 'the best: newer steps cannot be opened'
      : better && `best at step ${formatCount(better.step)}, ${headlineWords(objective, better.loss)}, not kept`,
  };
}

/** What there is of it, in the rail. */
export function modelLine(s: Studio, page: Page): string {
  const model = modelOf(s, page);
  return model ? `step ${formatCount(model.usable.step)}` : 'needs a run';
}

export interface Need {
  words: string;
  button: string;
  path: string;
  /** The button begins a run as well. */
  starts: boolean;
}

/** What stands between here and a model, and the one step towards it; undefined once there is one. */
export function modelNeed(s: Studio, page: Page): Need | undefined {
  if (modelOf(s, page)) return undefined;
  if (isTraining(s)) {
    return {
      words: 'The run has saved no step yet. This page opens with the first',
      button: 'Watch it train',
      path: '/train',
      starts: false,
    };
  }
  if (isUnreadable(shownRun(s, page).phase)) {
    return { words: 'The run cannot be opened', button: 'See what happened', path: '/train', starts: false };
  }
  if (s.texts.length === 0) {
    return { words: 'This needs a run, and a run needs text', button: 'Add text', path: '/text', starts: false };
  }
  return {
    words: 'This needs a run, and there is none yet. Whatever is missing before it is made on the way',
    button: 'Start training',
    path: '/train',
    starts: true,
  };
}
