import { useEffect, useState } from 'react';
import { toFailure, type Failure } from '../../../core/base/errors';
import type { Look, Previewed } from '../../../core/documents/clean/preview';
import type { Recipe } from '../../../core/documents/clean/recipe';
import { useStudio } from '../../../state/react';

export interface Looked {
  /** Of the recipe before while the next is on its way, so that nothing jumps. */
  previewed: Previewed | undefined;
  /** The recipe that it is of. */
  of: Recipe | undefined;
  /** Which step was looked at, among all. */
  step: number | null;
  failure: Failure | undefined;
}

const NOTHING: Looked = { previewed: undefined, of: undefined, step: null, failure: undefined };

/** What a recipe would do. @param wanted `step` among all steps: what of it is looked at; null: what all of them change */
export function usePreviewed(recipe: Recipe, { step, at, text, rows }: Look): Looked {
  const look = useStudio((s) => s.previewRecipe);
  const texts = useStudio((s) => s.texts);
  const [looked, setLooked] = useState<Looked>(NOTHING);
  useEffect(() => {
    const abort = new AbortController();
    const on = recipe.steps.slice(0, step ?? 0).filter(({ isOn }) => isOn).length;
    const isOn = step !== null && recipe.steps[step]?.isOn === true;
    look(
      recipe,
      { step: isOn ? on : null, at, ...(text !== undefined && { text }), ...(rows !== undefined && { rows }) },
      abort.signal,
    ).then(
      (previewed) => !abort.signal.aborted && setLooked({ previewed, of: recipe, step, failure: undefined }),
      (error: unknown) =>
        !abort.signal.aborted && setLooked({ previewed: undefined, of: recipe, step, failure: toFailure(error) }),
    );
    return () => abort.abort();
  }, [look, recipe, step, at, text, rows, texts]);
  return looked;
}
