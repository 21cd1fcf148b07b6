/** Runs that are open, and which of them each page shows. */
import type { SavedStep } from '../../core/checkpoint/checkpoint';
import type { WhichSnapshot } from '../../core/checkpoint/snapshot';
import type { RunRecord } from '../../core/runs/record';
import type { Phase } from '../phase';
import type { RunLog } from '../runLog';
import type { DamagedStep } from '../../core/checkpoint/checkpoint';
import type { Project } from '../../core/runs/project';

export interface RunSlice {
  /** By id: those that pages show, and the one that trains. */
  opened: Readonly<Record<string, OpenRun>>;
  /** Null where a page follows the project's run. */
  shown: Readonly<Record<Page, string | null>>;
  /** The runs of a project are being opened: a page without one has nothing to show yet. */
  openingRuns: boolean;
  /** Reads a run that is not open yet, as it was saved; undefined where it trains here. */
  readAhead(runId: string | null): ReadAhead | undefined;
  /**
   * What pages show of a project that is opened: what another project's run was shown for is forgotten.
   * @param read of its run; the rest, where there is any, is being opened from then on
   */
  shownOf(project: Project, read: ReadRun | undefined): Pick<RunSlice, 'shown' | 'opened' | 'openingRuns'>;
  /**
   * Opens what the pages show again, as it was saved.
   * @param ahead what was read of it just now
   * @param isShown as `shownOf` says all of it already
   */
  loadRun(ahead?: ReadAhead, isShown?: boolean): Promise<void>;
  /** Reads what other tabs wrote about the open runs, such as progress and names. */
  catchUpRuns(): Promise<void>;
  /** Resolves when no run is being opened any more. */
  settled(): Promise<void>;
  /** Has a page show a run, or with null follow the project's, once that is open: until then it shows what it did. */
  show(page: Page, runId: string | null): Promise<void>;
  /**
   * Makes a run the project's, which all pages show, once it is open; with null none is. Where it is no model, or another
   * was asked for meanwhile, nothing changes.
   */
  makeCurrent(runId: string | null): Promise<'shown' | 'no model' | 'overtaken'>;
  /** The step of a page's run that Evaluate, Playground and Export work with. */
  setWhich(page: Page, which: WhichSnapshot): void;
  /** Reads which steps of a run can be opened. */
  listSaved(runId: string, resumedFrom?: number): Promise<void>;
  /** Changes what is known of an open run; nothing where it is not open. */
  changeRun(runId: string, change: (run: OpenRun) => OpenRun): void;
}

export interface ReadAhead {
  id: string;
  read: Promise<ReadRun>;
}

export interface ReadRun {
  id: string;
  /** Null where there is none, or it is no model. */
  run: OpenRun | null;
  damaged: readonly DamagedStep[];
}

/** A step that was saved and read back, and when. */
export interface Saved {
  step: number;
  bytes: number;
  at: number | null;
}

export interface OpenRun {
  id: string;
  /** Null until its first step is saved: until then it is no model. */
  record: RunRecord | null;
  /** Replaced when the run is opened again; grows in place, and `logVersion` counts. */
  log: RunLog;
  logVersion: number;
  /** Of a fork: events of its ancestors up to its first step. */
  before: RunLog;
  /** Checkpoints that can be sampled and exported, oldest first. */
  steps: readonly SavedStep[];
  /** The newest step, from which the run resumes. */
  saved: Saved | null;
  /** The same; if no checkpoint can be resumed, the best step, which has weights alone. */
  usable: Saved | null;
  /** The step that Evaluate, Playground and Export work with. */
  which: WhichSnapshot;
  /** A person picked it; absent: the default, which can change as steps are saved. */
  isPicked?: true;
  phase: Phase;
  /** What an interruption cost: steps after the newest saved one, and the training time that they took. */
  lost?: { steps: number; milliseconds: number };
  /** It was begun here to tune another run's model. */
  tunes?: true;
}

/** The pages that show a run. */
export type Page = 'train' | 'evaluate' | 'playground' | 'export';
