/** The list of all runs of the project. */
import type { Cell } from '../../core/base/csv';
import type { CardWords } from '../../core/runs/card';
import type { RunRow, RunWords } from '../../protocol/data';
import type { RunLog } from '../runLog';

export interface RunsSlice {
  /** Newest first, with the current one; null until they are listed. */
  runs: readonly RunRow[] | null;
  /** Marks all runs as shown until the returned function is called: an opening project then reads them first. */
  showRuns(): () => void;
  /**
   * Saves the list of the open project before a switch. Returns the next project's saved list, for use until it is read
   * again.
   * @param ahead prefetched list, which replaces it
   */
  turnRunsTo(projectId: string, ahead: readonly RunRow[] | null | undefined): readonly RunRow[] | null;
  /** List of a project's runs, also of one that isn't shown yet. */
  runsOf(projectId: string): RunList;
  /** List for a project that opens next. Undefined if no page shows runs, or a saved list exists. */
  runsBefore(projectId: string): RunList | undefined;
  /** @param list a prefetched list */
  listRuns(list?: RunList): Promise<void>;
  /** All stored events of a run. */
  readRunLog(runId: string): Promise<RunLog>;
  /** Makes a run the project's, which all pages show. Returns false, with a toast, if it has no checkpoint. */
  bringBack(runId: string): Promise<boolean>;
  /** Deletes the checkpoints of a run that no page shows; its record and curve stay. */
  freeRun(runId: string): Promise<void>;
  describeRun(runId: string, words: Partial<RunWords>): Promise<void>;
  /** Saves a person's words in a run's model card. */
  writeCard(runId: string, card: CardWords): Promise<void>;
  /** Pins a checkpoint until it is unpinned by hand, or unpins it. */
  pinStep(runId: string, step: number, isPinned: boolean): Promise<void>;
  /** Sets the maximum bytes of a run's kept checkpoints; light ones beyond it are deleted. */
  setBudget(runId: string, bytes: number): Promise<void>;
  /** Copies a run's settings to the project's next run, or those of a tuned run to its next tuning. */
  draftFrom(runId: string): void;
  /** Downloads a table in a file named after the project and `what`. */
  saveTable(what: string, rows: readonly (readonly Cell[])[]): void;
  /** Removes a run from the list, and purges it once the undo expires. */
  deleteRun(runId: string): Promise<void>;
}

/** A list being read: its first rows, and its end. */
export interface RunList {
  projectId: string;
  /** Rows without curves that must still be computed; null until the first arrive. */
  rows: readonly RunRow[] | null;
  /** Resolves when the first rows arrive, or the list failed. */
  firstRows: Promise<void>;
  whole: Promise<void>;
}
