/** The open project, and how it is stored. */
import type { Project } from '../../core/runs/project';
import type { KeptProject } from '../../core/runs/projects';

export interface ProjectSlice {
  project: Project;
  /** Whether the project as shown is in the store. */
  kept: 'yes' | 'saving' | 'no';
  /** A run is being trained in another tab. */
  trainingElsewhere: boolean;
  change(change: Partial<Project>): void;
  /** Changes the project of an id, whichever is open by then. */
  changeOf(id: string, change: Partial<Project>): Promise<void>;
  /** Stores the project where it is not yet. */
  keep(): Promise<void>;
  /** Resolves when what was changed has been stored, or could not be. */
  flush(): Promise<void>;
  /** Takes over what other tabs have stored since. */
  catchUp(): Promise<void>;
}

/** Service that keeps the open project in step with the store and other tabs. */
export interface ProjectKeeper {
  /** Runs a job after the reads and saves before it. */
  inTurn<T>(job: () => Promise<T>): Promise<T>;
  /** Whether no read or save is under way. */
  isIdle(): boolean;
  /** Stores the project as it is by then; changes meanwhile are stored with it. */
  save(): void;
  /** Stores what another project would replace. In its turn only. */
  saveBeforeLeaving(): Promise<void>;
  /** Takes a stored project as the one that is open. */
  use(kept: KeptProject): void;
  /** Stores the project if it never was. */
  keep(): Promise<void>;
  catchUp(): Promise<void>;
  /** Reports that changes of other tabs can't be read. */
  failedToCatchUp(error: unknown): void;
}
