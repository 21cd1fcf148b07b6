/** The list of all runs of the project. */
import type { Cell } from '../../core/base/csv';
import type { CardWords } from '../../core/runs/card';
import type { RunRow, RunWords } from '../../protocol/data';
import type { RunLog } from '../runLog';

export interface RunsSlice {
  /** Newest first, the current one among them; null until they have been listed. */
  runs: readonly RunRow[] | null;
  /** Says that a page shows them all, until what it returns is called: those of a project that is opened are read before it is. */
  showRuns(): () => void;
  /**
   * Saves the list of the open project before a switch. Returns the list saved for the next project, for use until it
   * is read again.
   * @param ahead prefetched list, which takes its place
   */
  turnRunsTo(projectId: string, ahead: readonly RunRow[] | null | undefined): readonly RunRow[] | null;
  /** The runs of a project, also of one that is not shown yet. */
  runsOf(projectId: string): RunList;
  /** The same of one that is opened next. Undefined where no page shows them, or they are kept already: then they are read after all else. */
  runsBefore(projectId: string): RunList | undefined;
  /** @param list where it was asked for ahead */
  listRuns(list?: RunList): Promise<void>;
  /** All events of a run that are stored. */
  readRunLog(runId: string): Promise<RunLog>;
  /** Makes a run the project's, which Train, Evaluate, Playground and Export show. False where it has no step, and that is said. */
  bringBack(runId: string): Promise<boolean>;
  /** Gives back what the saved steps of a run take; its record and its curve stay. Not of one that a page shows. */
  freeRun(runId: string): Promise<void>;
  describeRun(runId: string, words: Partial<RunWords>): Promise<void>;
  /** What a person says in a run's card. */
  writeCard(runId: string, card: CardWords): Promise<void>;
  /** Keeps a step until it is let go by hand, or lets it go. */
  pinStep(runId: string, step: number, isPinned: boolean): Promise<void>;
  /** Bytes that a run's kept steps may take; light steps beyond it go. */
  setBudget(runId: string, bytes: number): Promise<void>;
  /** Makes the settings of a run those of the project's next one, or of one that tunes those of its next tuning. */
  draftFrom(runId: string): void;
  /** Hands a table to the person, in a file named after the project and `what` it holds. */
  saveTable(what: string, rows: readonly (readonly Cell[])[]): void;
  /** Takes a run from the list; all of it goes when that can no longer be undone. */
  deleteRun(runId: string): Promise<void>;
}

/** A list while it is read: its first rows, and its end. */
export interface RunList {
  projectId: string;
  /** Rows without curves that must still be computed; null until the first arrive. */
  rows: readonly RunRow[] | null;
  /** Resolves when the first rows arrive, or the list failed. */
  firstRows: Promise<void>;
  whole: Promise<void>;
}
