/** Settings of the open project. */
import type { ModelId } from '../../core/models';
import type { Size } from '../../core/models/spec';
import type { Recipe, RecomputeChoice } from '../../core/train/recipe';

export interface SettingsSlice {
  /** Changes the recipe. Another optimizer brings its default rate, unless the rate was edited. */
  setRecipe(change: Partial<Omit<Recipe, 'recompute'>>): void;
  /** Resets the recipe to its defaults. */
  resetRecipe(): void;
  setRecompute(choice: RecomputeChoice): void;
  /** Chooses an architecture, with the sizes that both have; its other settings stay as before. */
  chooseModel(id: ModelId): void;
  setModel(size: string, value: Size): void;
  /** Sets the size to about `parameters` weights; edited fields stay. */
  setSize(parameters: number): void;
  usePreset(name: string): void;
}
