/** How the terminal describes the step that a folder holds. */
import type { RunInfo } from '../src/core/export/homegrownJson';
import { formatCount } from '../src/core/base/units';
import { endingOf } from '../src/core/runs/ending';
import { endingWord } from '../src/core/train/endingWord';
import { recipeOf } from '../src/core/runs/segments';

/** Says which step a folder has, and whether another one was better. */
export function savedStepWords({ model, state, bestNotKept }: RunInfo): string {
  const isBest = state.best?.step === state.step;
  const kind = model.config.classes ? 'classifier' : 'model';
  const step = `Saved ${kind}: step ${formatCount(state.step)}${isBest ? ', best on the validation set' : ''}.`;
  const betterStep = bestNotKept ?? (isBest ? null : state.best);
  if (!betterStep) return step;
  const where = bestNotKept ? ", but isn't saved" : '';
  return `${step} Step ${formatCount(betterStep.step)} was better on the validation set${where}.`;
}

/**
 * Step that a command uses, for people and as JSON; empty for a model without a run.
 * @param combined flags that combine it with another model
 */
export function usedStep(
  info: RunInfo | null,
  combined: readonly (string | undefined)[] = [],
): { words?: string; json?: { step: number } } {
  if (!info || info.mixed || combined.some((flag) => flag !== undefined)) return {};
  return { words: savedStepWords(info), json: { step: info.state.step } };
}

/** Says how a run ended; undefined for folders of older builds and exports. */
export function endingWords({ status, state, segments }: RunInfo): string | undefined {
  if (status === undefined) return undefined;
  const ending = endingOf({ status }, state.step, recipeOf({ segments }).steps);
  const word = endingWord(ending).toLowerCase();
  return ending === 'interrupted' ? `${word} or still running` : word;
}
