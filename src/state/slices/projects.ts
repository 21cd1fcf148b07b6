/** All projects: opened, copied, renamed and deleted. */
import type { ProjectRow } from '../../protocol/data';
import type { Inputs } from './preparation';

export interface ProjectsSlice {
  /** The one that was opened last first; empty until they have been listed. */
  projects: readonly ProjectRow[];
  listProjects(): Promise<void>;
  /** An opened project is read before the sizes of all projects. A view of the list reads it again. */
  stopListing(): void;
  /** Has a page read its own of a project before it is shown in place of another, until what it returns is called. */
  readBefore(read: Reading): () => void;
  /** What pages have said so. */
  readFor: Reading;
  /** Begins an empty project and shows it. */
  newProject(): Promise<boolean>;
  /** A project with the same texts, tokenizer, data and settings, without the runs; and shows it. */
  duplicateProject(): Promise<boolean>;
  /** Moves the texts and runs of an unreadable project to a new one, and opens that. */
  rescueProject(from: string): Promise<boolean>;
  /** Hides the open project and shows another, until it is brought back or, once that cannot be asked for, purged. */
  deleteProject(): Promise<void>;
  /** The projects that a text or a model is being brought into, or waits to be: an id for each. */
  takingIn: readonly string[];
  /** Brings something into a project: it is stored before, so that it is found again, and not deleted meanwhile. */
  takeInto<T>(projectId: string, job: () => Promise<T>): Promise<T>;
}

export type Reading = (inputs: Inputs) => Promise<unknown>;
