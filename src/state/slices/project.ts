/** The open project and its settings. */
import type { ModelId } from '../../core/models';
import type { Size } from '../../core/models/spec';
import type { Project } from '../../core/runs/project';
import type { Recipe, RecomputeChoice } from '../../core/train/recipe';

export interface ProjectSlice {
  project: Project;
  /** 'loading' until what was stored, of this project its texts, has been read. */
  loaded: 'loading' | 'ready';
  /** Whether the project as shown is in the store. */
  kept: 'yes' | 'saving' | 'no';
  /** A run is being trained in another tab. */
  trainingElsewhere: boolean;
  change(change: Partial<Project>): void;
  /** Changes the project of an id, whichever is open by then. */
  changeOf(id: string, change: Partial<Project>): Promise<void>;
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
  /** Begins with the project of an address; where it cannot be opened, with the one that was opened last. */
  load(id?: string): Promise<void>;
  /** Shows another project, with its texts and its run. False where there is none to open, which is said. */
  open(id: string): Promise<boolean>;
  /** Reads what a project that may be opened next would be shown with; resolves when that is there. It is kept until `lookAway`. */
  lookAhead(id: string): Promise<unknown>;
  lookAway(): void;
  /** Stores the project where it is not yet. */
  keep(): Promise<void>;
  /** Resolves when what was changed has been stored, or could not be. */
  flush(): Promise<void>;
  /** Takes over what other tabs have stored since. */
  catchUp(): Promise<void>;
}
