/** Open runs, and the run of each page. */
import type { SavedStep } from '../../core/checkpoint/checkpoint';
import type { WhichSnapshot } from '../../core/checkpoint/snapshot';
import type { RunRecord } from '../../core/runs/record';
import type { Phase } from '../phase';
import type { RunLog } from '../runLog';
import type { DamagedStep } from '../../core/checkpoint/checkpoint';
import type { Project } from '../../core/runs/project';

export interface RunSlice {
  /** Runs that pages show, and the one that trains, by id. */
  opened: Readonly<Record<string, OpenRun>>;
  /** Null if a page follows the project's run. */
  shown: Readonly<Record<Page, string | null>>;
  /** Whether runs of a project are being opened: a page without one has nothing to show yet. */
  openingRuns: boolean;
  /** Prefetches a stored run that isn't open; undefined if it trains here. */
  readAhead(runId: string | null): ReadAhead | undefined;
  /**
   * Shown runs of a project that opens; a page's choice of a run of another project is dropped.
   * @param read the project's run, if loaded; others open afterwards
   */
  shownOf(project: Project, read: ReadRun | undefined): Pick<RunSlice, 'shown' | 'opened' | 'openingRuns'>;
  /**
   * Reloads the shown runs from the store.
   * @param ahead values that were just read
   * @param isShown if `shownOf` already shows all of them
   */
  loadRun(ahead?: ReadAhead, isShown?: boolean): Promise<void>;
  /** Reads what other tabs wrote about the open runs, such as progress and names. */
  catchUpRuns(): Promise<void>;
  /** Resolves when no run is being opened. */
  settled(): Promise<void>;
  /** Shows a run on a page once it is open, or with null the project's run; until then the page stays unchanged. */
  show(page: Page, runId: string | null): Promise<void>;
  /**
   * Makes a run the project's, which all pages show, once it is open; null clears it. If it is no model, or another
   * request came meanwhile, nothing changes.
   */
  makeCurrent(runId: string | null): Promise<'shown' | 'no model' | 'overtaken'>;
  /** Sets the checkpoint of a page's run that Evaluate, Playground and Export use. */
  setWhich(page: Page, which: WhichSnapshot): void;
  /** Lists the readable checkpoints of a run. */
  listSaved(runId: string, resumedFrom?: number): Promise<void>;
  /** Updates an open run; does nothing if it isn't open. */
  changeRun(runId: string, change: (run: OpenRun) => OpenRun): void;
}

export interface ReadAhead {
  id: string;
  read: Promise<ReadRun>;
}

export interface ReadRun {
  id: string;
  /** Null if there is none, or if it is no model. */
  run: OpenRun | null;
  damaged: readonly DamagedStep[];
}

/** A step that was saved and verified by reading, and when. */
export interface Saved {
  step: number;
  bytes: number;
  at: number | null;
}

export interface OpenRun {
  id: string;
  /** Null until its first checkpoint: before, it is no model. */
  record: RunRecord | null;
  /** Replaced when the run is reopened; grows in place, with `logVersion` as its counter. */
  log: RunLog;
  logVersion: number;
  /** Events of a fork's ancestors up to its first step. */
  before: RunLog;
  /** Checkpoints that can be sampled and exported, oldest first. */
  steps: readonly SavedStep[];
  /** Newest checkpoint, from which the run resumes. */
  saved: Saved | null;
  /** Like `saved`; if no checkpoint can be resumed, the best step, which has only weights. */
  usable: Saved | null;
  /** Checkpoint that Evaluate, Playground and Export use. */
  which: WhichSnapshot;
  /** Whether a person picked it; absent: the default, which can change with new checkpoints. */
  isPicked?: true;
  phase: Phase;
  /** Cost of an interruption: steps after the newest checkpoint, and their training time. */
  lost?: { steps: number; milliseconds: number };
  /** Whether it was started here to tune another run's model. */
  tunes?: true;
}

/** Pages that show a run. */
export type Page = 'train' | 'evaluate' | 'playground' | 'export';
