/** All projects: opens, copies, renames and deletes them. */
import type { ProjectRow } from '../../protocol/data';
import type { Inputs } from './preparation';

export interface ProjectsSlice {
  /** Most recently opened first; empty until they are listed. */
  projects: readonly ProjectRow[];
  listProjects(): Promise<void>;
  /** Stops counting sizes, as an opening project has priority. A view of the list reads it again. */
  stopListing(): void;
  /** Makes opening a project wait for the page's own reads, until the returned function is called. */
  readBefore(read: Reading): () => void;
  /** Reads that pages have registered. */
  readFor: Reading;
  /** Creates an empty project and opens it. */
  newProject(): Promise<boolean>;
  /** Copies the project with its texts, tokenizer, data and settings, without runs, and opens the copy. */
  duplicateProject(): Promise<boolean>;
  /** Moves the texts and runs of an unreadable project to a new one, and opens that. */
  rescueProject(from: string): Promise<boolean>;
  /** Hides the open project and opens another; it is purged once the undo expires. */
  deleteProject(): Promise<void>;
  /** Ids of projects with an import in progress or waiting; one entry per import. */
  takingIn: readonly string[];
  /** Runs an import: stores the project first, so that it can be found again, and prevents its deletion meanwhile. */
  takeInto<T>(projectId: string, job: () => Promise<T>): Promise<T>;
}

export type Reading = (inputs: Inputs) => Promise<unknown>;
