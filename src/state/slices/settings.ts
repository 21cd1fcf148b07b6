/** Settings of the open project. */
import type { ModelId } from '../../core/models';
import type { Size } from '../../core/models/spec';
import type { Recipe, RecomputeChoice } from '../../core/train/recipe';

export interface SettingsSlice {
  /** Another optimizer comes with its usual rate, unless that was set by hand. */
  setRecipe(change: Partial<Omit<Recipe, 'recompute'>>): void;
  /** Gives every setting of the recipe its usual value. */
  resetRecipe(): void;
  setRecompute(choice: RecomputeChoice): void;
  /** Another architecture, with the sizes that both have; what else each has stays as it was left. */
  chooseModel(id: ModelId): void;
  setModel(size: string, value: Size): void;
  /** The dial: about `parameters` weights; fields set by hand stay. */
  setSize(parameters: number): void;
  usePreset(name: string): void;
}
