import type { Failure } from '../../../core/base/errors';
import type { Look, Previewed } from '../../../core/documents/clean/preview';
import type { Recipe } from '../../../core/documents/clean/recipe';
import { useStudio } from '../../../state/react';
import { useQuery } from '../../../state/useWorkerValue';

export interface Looked {
  /** Of the recipe before until the next preview arrives, so that nothing jumps. */
  previewed: Previewed | undefined;
  /** The recipe that it is of. */
  of: Recipe | undefined;
  /** Which step was looked at, among all. */
  step: number | null;
  failure: Failure | undefined;
}

/** What a recipe would do. @param wanted `step` among all steps: what of it is looked at; null: what all of them change */
export function usePreviewed(recipe: Recipe, { step, at, text, rows }: Look): Looked {
  const texts = useStudio((s) => s.texts);
  const ids = texts.map(({ id }) => id);
  const on = recipe.steps.slice(0, step ?? 0).filter(({ isOn }) => isOn).length;
  const isOn = step !== null && recipe.steps[step]?.isOn === true;
  const look = { step: isOn ? on : null, at, ...(text !== undefined && { text }), ...(rows !== undefined && { rows }) };
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
