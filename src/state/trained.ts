/** The trained model that can be talked to and taken home: which step of it, how good, or what it still needs. */
import { formatCount } from '../core/base/units';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { headlineWords } from '../core/objectives';
import { bestNotKept, type Measured } from '../core/runs/best';
import { isMeasuredAlike, measuredAt } from '../core/runs/segments';
import { isActive, isUnreadable } from './phase';
import { hasModel, isWeightsAlone } from './run';
import type { Studio } from './studio';

/** The saved step that `which` means now. */
export const chosenStep = ({ savedSteps, which }: Pick<Studio, 'savedSteps' | 'which'>): SavedStep | undefined =>
  savedSteps.find((s) => (which === 'latest' ? s.latest : which === 'best' ? s.best : s.step === which));

/** The model's saved steps and its curve. */
type Kept = Pick<Studio, 'savedSteps' | 'model'>;

/** The best step that is kept, where it knows its loss, and that was measured on what the newest one learns from. */
export function keptBest(s: Kept): Measured | null {
  const best = s.savedSteps.find((step) => step.best);
  return best && best.loss !== null && !isOfEarlierText(s, best) ? { step: best.step, loss: best.loss } : null;
}

/** Whether a step did best on a text that the run has left. */
function isOfEarlierText({ savedSteps, model }: Kept, step: SavedStep): boolean {
  const latest = savedSteps.find((other) => other.latest);
  return model !== null && latest !== undefined && !isMeasuredAlike(model.run, latest.step)(step);
}

/** A step that did better than any that is kept. */
function notKept(s: Kept): Measured | undefined {
  const latest = s.savedSteps.find((step) => step.latest);
  if (!latest || !s.model) return undefined;
  const measured = s.model.log.evaluations.filter(isMeasuredAlike(s.model.run, latest.step));
  return bestNotKept(measured, latest.step, keptBest(s));
}

/** Whether there is still something of the best step, for the run that is shown, which went past it. */
export function bestWords(s: Kept & Pick<Studio, 'run'>): string | undefined {
  if (s.run?.id !== s.model?.run.id) return undefined;
  const [better, best] = [notKept(s), keptBest(s)];
  if (better) return `Step ${formatCount(better.step)} was not kept.`;
  return best ? `Step ${formatCount(best.step)} is kept as the best.` : undefined;
}

/** The newest step, and the best that is kept; none where the two are one. */
export function stepChoices(s: Kept): readonly { value: 'latest' | 'best'; label: string }[] {
  const latest = s.savedSteps.find((step) => step.latest);
  const best = s.savedSteps.find((step) => step.best);
  if (!latest || !best || best.step === latest.step) return [];
  return [
    { value: 'latest', label: `Step ${formatCount(latest.step)}, the latest` },
    { value: 'best', label: `Step ${formatCount(best.step)}, ${bestLabel(s, best)}` },
  ];
}

function bestLabel(s: Kept, best: SavedStep): string {
  if (isOfEarlierText(s, best)) return 'the best on the text before';
  return notKept(s) ? 'the best kept' : 'the best';
}

export interface Trained {
  step: number;
  name: string;
  /** On held-out text, at the last evaluation up to that step: `perplexity 85.4`. */
  result: string | undefined;
  /** A better step whose weights are gone, or newer ones that cannot be opened; in words that go on from a line's. */
  notKept: string | undefined;
}

export function trained(s: Studio): Trained {
  const { model, project } = s;
  const chosen = chosenStep(s);
  const step = chosen?.step ?? model?.saved.step ?? 0;
  const loss = chosen?.loss ?? (model ? measuredAt(model.run, model.log.evaluations, step)?.loss : undefined);
  const better = notKept(s);
  const objective = model?.run.objective ?? project.recipe.objective;
  return {
    step,
    name: model?.run.name ?? project.name,
    result: loss === undefined ? undefined : headlineWords(objective, loss),
    notKept: isWeightsAlone(s)
      ? 'the best: newer steps cannot be opened'
      : better && `best at step ${formatCount(better.step)}, ${headlineWords(objective, better.loss)}, not kept`,
  };
}

/** What there is of it, in the rail. */
export const modelLine = ({ model }: Pick<Studio, 'model'>): string =>
  model ? `step ${formatCount(model.saved.step)}` : 'needs a run';

export interface Need {
  words: string;
  button: string;
  path: string;
  /** The button begins a run as well. */
  starts: boolean;
}

/** What stands between here and a model, and the one step towards it; undefined once there is one. */
export function modelNeed(s: Studio): Need | undefined {
  if (hasModel(s)) return undefined;
  if (isActive(s.phase)) {
    return {
      words: 'The run has saved no step yet. This page opens with the first',
      button: 'Watch it train',
      path: '/train',
      starts: false,
    };
  }
  if (isUnreadable(s.phase)) {
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
