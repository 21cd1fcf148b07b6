/** The open project and its storage. */
import type { Project } from '../../core/runs/project';
import type { KeptProject } from '../../core/runs/projects';

export interface ProjectSlice {
  project: Project;
  /** Whether the shown project is stored. */
  kept: 'yes' | 'saving' | 'no';
  /** Whether a run trains in another tab. */
  trainingElsewhere: boolean;
  change(change: Partial<Project>): void;
  /** Changes the project with an id, even if another one is open by then. */
  changeOf(id: string, change: Partial<Project>): Promise<void>;
  /** Stores the project if it isn't stored yet. */
  keep(): Promise<void>;
  /** Resolves when all changes are stored, or storing failed. */
  flush(): Promise<void>;
  /** Merges what other tabs have stored since. */
  catchUp(): Promise<void>;
}

/** Service that keeps the open project in step with the store and other tabs. */
export interface ProjectKeeper {
  /** Runs a job after the reads and saves before it. */
  inTurn<T>(job: () => Promise<T>): Promise<T>;
  /** Whether no read or save is in progress. */
  isIdle(): boolean;
  /** Stores the project's state at the time of the write, with later changes included. */
  save(): void;
  /** Stores unsaved changes before another project opens. Call only in the queue. */
  saveBeforeLeaving(): Promise<void>;
  /** Uses a stored project as the open one. */
  use(kept: KeptProject): void;
  /** Stores the project if it never was. */
  keep(): Promise<void>;
  catchUp(): Promise<void>;
  /** Reports that changes of other tabs can't be read. */
  failedToCatchUp(error: unknown): void;
}
