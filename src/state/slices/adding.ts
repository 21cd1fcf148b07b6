/** Added files: those that wait for an answer, and refused ones. */
import type { Failure } from '../../core/base/errors';
import type {
  Columns,
  EncodingId,
  Proposal,
  Reading,
  TableChoice,
  TableSurvey,
  TextRecord,
} from '../../core/documents';
import type { Between } from '../../core/documents/labels/between';
import type { MarkupId } from '../../core/documents/markup';
import type { TableFormatId } from '../../core/documents/formats';
import type { Project } from '../../core/runs/project';
import type { Purpose } from '../../core/runs/tuning';
import type { DropReport } from '../../core/documents/dropReport';
import type { Work } from '../work';
import type { Inputs } from './preparation';
import type { TextsSlice } from './texts';

export interface AddingSlice {
  /** Refused files of all projects: for tuning, or with a question. */
  refused: readonly Refusal[];
  /** Files in any project that wait for the user to choose their kind. */
  waitingFiles: readonly WaitingFile[];
  /** Report of the newest drop on the open project in this session; null once dismissed. */
  drop: DropReport | null;
  dismissDrop(): void;
  /** Id of the question whose columns are being chosen. */
  openedTable: string | null;
  openTable(id: string | null): void;
  importing: Work;
  /** Reader options for files added from now on. */
  readerOptions: Reading;
  setReaderOptions(changes: Reading): void;
  /** Adds files as one text, asks about those that aren't prose, and skips hidden files and parts of saved pages. */
  addFiles(files: readonly Dropped[], tunes?: Purpose): Promise<void>;
  /**
   * Waits until all files that were added to the project are read.
   * @returns the project and its texts; undefined if the signal aborts
   */
  waitForReading(inputs: Inputs, signal: AbortSignal): Promise<(Inputs & Pick<TextsSlice, 'tuneTexts'>) | undefined>;
  /** Adds waiting files unchanged. */
  addUnchanged(files: readonly WaitingFile[]): Promise<void>;
  /** Adds tables that wait. @param tunes a purpose other than their original one */
  addTables(files: readonly WaitingFile[], columns: Columns, between?: Between, tunes?: Purpose): Promise<void>;
  /** Skips these files. */
  skip(files: readonly (Refusal | WaitingFile)[]): void;
  addPaste(text: string, name: string, tunes?: Purpose): Promise<void>;
  addSample(file: string): Promise<TextRecord | undefined>;
  /** Dismisses refusals of files for tuning. */
  dismissRefusals(): void;
  /** Reads refused files again with other options. */
  rereadRefused(refused: readonly Reread[], reading: Reading): Promise<void>;
  /** Reads waiting tables again in another encoding. */
  setTableEncoding(files: readonly WaitingFile[], encoding: EncodingId): void;
}

/** A file as it was dropped: its path inside a dropped folder is its name. */
export interface Dropped {
  file: File;
  name: string;
  /** Columns of a table that training uses. */
  table?: TableChoice;
  reading?: Reading;
  /** Tuning purpose; absent for training text. */
  tunes?: Purpose;
  /** Separator of several labels in a cell. */
  between?: Between;
  /** Whether it only begins like a table or JSON, and is neither. */
  isProse?: boolean;
  /** Number of its drop: the file joins that drop's text, even if answered later. */
  drop?: number;
}

/** A file that waits for an answer, and its project. */
export interface WaitingFile extends Dropped {
  kind: MarkupId | TableFormatId;
  project: Pick<Project, 'id' | 'name'>;
  /** Survey of a table dropped on Text; absent until it is read. */
  found?: TableSurvey | UnreadTable;
}

/** A table that can't be read, or isn't UTF-8. */
export interface UnreadTable {
  failure: Failure;
  /** Possible encodings, the likeliest first. */
  proposals?: readonly Proposal[];
}

/** Project that receives something. */
export type Target = Pick<Project, 'id' | 'name'>;

/** A refused file, and the reason. */
export interface Refusal {
  name: string;
  failure: Failure;
  /** The file, or its archive, for another read with other options. */
  dropped?: Dropped;
  /** Tuning purpose; absent for training text. */
  tunes?: Purpose;
  /** Project that it was dropped on. */
  project: Target;
  /** Possible encodings, the likeliest first. */
  proposals?: readonly Proposal[];
}

/** A refused file that can be read again. */
export type Reread = Refusal & { dropped: Dropped };

/** A refused file whose encoding a person can choose. */
export type Undecoded = Reread;
