/** Recipes of the project and their history. */
import type { Recipe } from '../../core/documents/clean/recipe';
import type { Work } from '../work';

/** Of the recipe of a project: what it was before, what was undone, and which part was changed last. */
export interface RecipeHistory {
  of: string;
  /** As it was left here: another one since is of another tab. */
  now: Recipe | undefined;
  past: readonly Recipe[];
  future: readonly Recipe[];
  part: string | undefined;
}

export interface CleaningSlice {
  /** Since the project was opened here, wherever the person went meanwhile. */
  recipeHistory: RecipeHistory;
  setRecipeHistory(history: RecipeHistory): void;
  /** The latest request, and its project. */
  cleaning: { of: string; work: Work };
  /** One text after another; those that are done stay done where it is stopped, or fails. True when all are. */
  applyRecipe(recipe: Recipe): Promise<boolean>;
  saveFile(file: Blob, name: string): void;
}
