import type { Failure } from '../../../core/base/errors';
import type { Look, Previewed } from '../../../core/documents/clean/preview';
import type { Recipe } from '../../../core/documents/clean/recipe';
import { useStudio } from '../../../state/react';
import { useQuery } from '../../../state/useWorkerValue';

export interface Looked {
  /** Preview; of the previous recipe until the next one arrives, so that nothing jumps. */
  previewed: Previewed | undefined;
  /** Recipe of the preview. */
  of: Recipe | undefined;
  /** Index of the previewed step among all steps. */
  step: number | null;
  failure: Failure | undefined;
}

/** Previews a recipe. @param wanted `step`: index among all steps of the one to preview; null: all of them */
export function usePreviewed(recipe: Recipe, { step, at, text, rows }: Look): Looked {
  const texts = useStudio((s) => s.texts);
  const ids = texts.map(({ id }) => id);
  const stepsOnBefore = recipe.steps.slice(0, step ?? 0).filter(({ isOn }) => isOn).length;
  const isOn = step !== null && recipe.steps[step]?.isOn === true;
  const look = {
    step: isOn ? stepsOnBefore : null,
    at,
    ...(text !== undefined && { text }),
    ...(rows !== undefined && { rows }),
  };
  const { latest, failure } = useQuery(
    JSON.stringify([recipe, step, look]),
    async ({ data }, { signal }) => {
      const previewed = await data.call('previewRecipe', { ids, recipe, look }, { signal });
      return { previewed, of: recipe, step };
    },
    texts,
  );
  if (failure) return { previewed: undefined, of: recipe, step, failure };
  return { previewed: undefined, of: undefined, step: null, ...latest, failure: undefined };
}
