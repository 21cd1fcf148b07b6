/** The trained model that can be talked to and taken home: which step of it, how good, or what it still needs. */
import { formatCount } from '../core/base/units';
import type { SavedStep } from '../core/checkpoint/checkpoint';
import { measuredAt } from '../core/runs/segments';
import { hasModel, isActive, isUnreadable } from './run';
import type { Studio } from './studio';

/** The saved step that `which` means now. */
export const chosenStep = ({ savedSteps, which }: Pick<Studio, 'savedSteps' | 'which'>): SavedStep | undefined =>
  savedSteps.find((s) => (which === 'latest' ? s.latest : which === 'best' ? s.best : s.step === which));

/** The newest step, and the one that did best on held-out text; none where the two are one. */
export function stepChoices(steps: readonly SavedStep[]): readonly { value: 'latest' | 'best'; label: string }[] {
  const latest = steps.find((s) => s.latest);
  const best = steps.find((s) => s.best);
  if (!latest || !best || best.step === latest.step) return [];
  return [
    { value: 'latest', label: `Step ${formatCount(latest.step)}, the latest` },
    { value: 'best', label: `Step ${formatCount(best.step)}, the best` },
  ];
}

export interface Trained {
  step: number;
  name: string;
  /** On held-out text, at the last evaluation up to that step. */
  perplexity: number | undefined;
}

export function trained(s: Studio): Trained {
  const step = chosenStep(s)?.step ?? s.saved?.step ?? 0;
  const loss = measuredAt(s.run ?? { data: null }, s.log.evaluations, step)?.loss;
  return { step, name: s.run?.name ?? s.project.name, perplexity: loss === undefined ? undefined : Math.exp(loss) };
}

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
