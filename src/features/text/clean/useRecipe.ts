import { useMemo } from 'react';
import { type Recipe, recipeSchema, recommendedRecipe, type Step } from '../../../core/documents/clean/recipe';
import { useStudio } from '../../../state/react';
import type { Looked } from './usePreviewed';
import type { RecipeHistory } from '../../../state/slices/cleaning';

/** Draft of the project's recipe, with undo. */
export interface RecipeDraft {
  recipe: Recipe;
  /** Whether the stored recipe is unreadable. It stays stored until another one is saved. */
  isUnreadable: boolean;
  /** @param part consecutive changes of the same part, such as letters of a word, are one undo step */
  set(next: Recipe, part?: string): void;
  setStep(index: number, change: Partial<Step>, part?: string): void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
}
const NO_HISTORY = { past: [], future: [], part: undefined };

/** Returns the history; a change from another tab becomes a separate undo step. */
export function historyOf(
  project: string,
  { of, now, ...history }: RecipeHistory,
  recipe: Recipe,
): Omit<RecipeHistory, 'of' | 'now'> {
  if (of !== project) return NO_HISTORY;
  const isUnchanged = now === undefined || JSON.stringify(now) === JSON.stringify(recipe);
  return isUnchanged ? history : { past: [...history.past, now], future: [], part: undefined };
}

export function useRecipe(): RecipeDraft {
  const stored = useStudio((s) => s.project.cleaning);
  const change = useStudio((s) => s.change);
  const read = useMemo(() => (stored === null ? undefined : recipeSchema.safeParse(stored)), [stored]);
  const recommended = useMemo(() => recommendedRecipe(), []);
  const recipe = read?.data ?? recommended;
  const projectId = useStudio((s) => s.project.id);
  const history = useStudio((s) => s.recipeHistory);
  const putHistory = useStudio((s) => s.setRecipeHistory);
  const {
    past,
    future,
    part: lastPart,
  } = useMemo(() => historyOf(projectId, history, recipe), [projectId, history, recipe]);
  const write = (now: Recipe, next: Omit<RecipeHistory, 'of' | 'now'>): void => {
    putHistory({ of: projectId, now, ...next });
    change({ cleaning: { ...now } });
  };
  const set = (next: Recipe, part?: string): void => {
    const isSame = part !== undefined && part === lastPart;
    const named = isRecommended(next, recommended) ? next : renamed(next);
    write(named, { past: isSame ? past : [...past, recipe], future: [], part });
  };
  return {
    recipe,
    isUnreadable: read?.success === false,
    set,
    setStep: (index, changes, part) =>
      set({ ...recipe, steps: recipe.steps.map((step, i) => (i === index ? { ...step, ...changes } : step)) }, part),
    undo:
      past.length === 0
        ? undefined
        : () => {
            write(past.at(-1)!, { past: past.slice(0, -1), future: [recipe, ...future], part: undefined });
          },
    redo:
      future.length === 0
        ? undefined
        : () => {
            write(future[0]!, { past: [...past, recipe], future: future.slice(1), part: undefined });
          },
  };
}

/** Renames a changed recipe that was the recommended one. */
const renamed = (recipe: Recipe): Recipe => (recipe.name === 'recommended' ? { ...recipe, name: 'own' } : recipe);
const isRecommended = ({ steps, kept }: Recipe, recommended: Recipe): boolean =>
  kept.length === 0 && JSON.stringify(steps) === JSON.stringify(recommended.steps);

/** Whether all texts are cleaned by this recipe, perhaps under its former name; undefined while unknown. */
export type Applied = 'yes' | 'by another name' | 'no' | undefined;

export function useApplied(recipe: Recipe, { previewed, of }: Looked): Applied {
  const texts = useStudio((s) => s.texts);
  if (!recipe.steps.some(({ isOn }) => isOn)) return texts.every(({ cleaned }) => cleaned === undefined) ? 'yes' : 'no';
  if (!previewed || of !== recipe) return undefined;
  if (!texts.every(({ cleaned }) => cleaned?.recipe === previewed.hash)) return 'no';
  return texts.every(({ cleaned }) => cleaned?.name === recipe.name) ? 'yes' : 'by another name';
}
