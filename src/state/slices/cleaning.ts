/** Recipes of the project and their history. */
import type { Recipe } from '../../core/documents/clean/recipe';
import type { Work } from '../work';

/** History of a project's recipe: earlier ones, undone ones, and the part changed last. */
export interface RecipeHistory {
  of: string;
  /** Last recipe set here: a different one in the project comes from another tab. */
  now: Recipe | undefined;
  past: readonly Recipe[];
  future: readonly Recipe[];
  part: string | undefined;
}

export interface CleaningSlice {
  /** History since the project was opened here, on all pages. */
  recipeHistory: RecipeHistory;
  setRecipeHistory(history: RecipeHistory): void;
  /** The latest request, and its project. */
  cleaning: { of: string; work: Work };
  /** Applies the recipe to one text after another; finished ones stay after a stop or a failure. True at the end. */
  applyRecipe(recipe: Recipe): Promise<boolean>;
  saveFile(file: Blob, name: string): void;
}
