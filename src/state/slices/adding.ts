/** Files that are added: those that wait for an answer, and those that were refused. */
import type { Failure } from '../../core/base/errors';
import type { Proposal, Reading, TableChoice, TableSurvey } from '../../core/documents';
import type { Between } from '../../core/documents/labels/between';
import type { MarkupId } from '../../core/documents/markup';
import type { TableFormatId } from '../../core/documents/formats';
import type { Project } from '../../core/runs/project';
import type { Purpose } from '../../core/runs/tuning';
import type { Columns, EncodingId, TextRecord } from '../../core/documents';
import type { DropReport } from '../../core/documents/dropReport';
import type { Work } from '../work';
import type { Inputs } from './preparation';
import type { TextsSlice } from './texts';

export interface AddingSlice {
  /** Files of all projects that were refused: to tune on, or with a question. */
  refused: readonly Refusal[];
  /** Files of all projects that wait for a person to say what they are. */
  markup: readonly DroppedMarkup[];
  /** What became of the newest drop on the open project in this session; null once it was dismissed. */
  drop: DropReport | null;
  dismissDrop(): void;
  /** Id of the question whose columns are being chosen. */
  openedTable: string | null;
  openTable(id: string | null): void;
  importing: Work;
  /** How files are read that are given from now on. */
  reading: Reading;
  setReading(changes: Reading): void;
  /** Adds a text of all of them, asks about those that aren't prose, and skips hidden files and parts of saved pages. */
  addFiles(files: readonly Dropped[], tunes?: Purpose): Promise<void>;
  /** Waits until all files that were added to the project are read. Returns the project and its texts; undefined if the signal aborts. */
  whenRead(inputs: Inputs, signal: AbortSignal): Promise<(Inputs & Pick<TextsSlice, 'tuneTexts'>) | undefined>;
  /** Adds files that wait, as they are. */
  takeMarkup(files: readonly DroppedMarkup[]): Promise<void>;
  /** Adds tables that wait. @param tunes a purpose other than the one that they were given for */
  takeColumns(files: readonly DroppedMarkup[], columns: Columns, between?: Between, tunes?: Purpose): Promise<void>;
  /** Adds none of these. */
  skip(files: readonly (Refusal | DroppedMarkup)[]): void;
  addPaste(text: string, name: string, tunes?: Purpose): Promise<void>;
  addSample(file: string): Promise<TextRecord | undefined>;
  /** Those that were given to tune on. */
  dismissRefusals(): void;
  /** Reads what was refused again, in another way. */
  readIn(refused: readonly Reread[], reading: Reading): Promise<void>;
  /** The same for tables that wait. */
  markupIn(files: readonly DroppedMarkup[], encoding: EncodingId): void;
}

/** A file as it was dropped: its path inside a dropped folder is its name. */
export interface Dropped {
  file: File;
  name: string;
  /** Columns of a table that training uses. */
  table?: TableChoice;
  reading?: Reading;
  /** What for a project is to be tuned on it; absent: it is to learn from it. */
  tunes?: Purpose;
  /** Of texts with several labels: what stands between them. */
  between?: Between;
  /** Only begins like a table or JSON, and is neither. */
  isProse?: boolean;
  /** Number of the drop that it came with: it joins that drop's text, also when it is answered later. */
  drop?: number;
}

/** One that waits for an answer, and the project that it was dropped on. */
export interface DroppedMarkup extends Dropped {
  kind: MarkupId | TableFormatId;
  project: Pick<Project, 'id' | 'name'>;
  /** What is known of a table that was dropped on Text; absent until it has been read. */
  found?: TableSurvey | UnreadTable;
}

/** A table that can't be read, or not in UTF-8. */
export interface UnreadTable {
  failure: Failure;
  /** Encodings that it may be in, the likeliest first. */
  proposals?: readonly Proposal[];
}

/** A project that something is given to. */
export type Target = Pick<Project, 'id' | 'name'>;

/** A file that was refused, and why. */
export interface Refusal {
  name: string;
  failure: Failure;
  /** The file, or its archive, to be read again in another way. */
  dropped?: Dropped;
  /** What it was given for; absent: to learn from. */
  tunes?: Purpose;
  /** The project that it was given to. */
  project: Target;
  /** Encodings that it may be in, the likeliest first. */
  proposals?: readonly Proposal[];
}

/** One that can be read again. */
export type Reread = Refusal & { dropped: Dropped };

/** One whose encoding a person can choose. */
export type Undecoded = Reread;
