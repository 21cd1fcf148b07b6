/** The file or folder that a model is exported to. */
import type { Failure } from '../../core/base/errors';
import type { FormatId } from '../../core/export/formats';
import type { StepMeasurements } from '../../core/export/homegrownJson';
import type { ModelPreview } from '../../core/export/preview';
import type { Figures } from '../../core/verify/compare';
import type { Work } from '../work';

/** An exported file and its verification. */
export interface ExportedFile {
  runId: string;
  /** Of the run. */
  step: number;
  /** Milliseconds since 1970. */
  at: number;
  name: string;
  size: number;
  files: readonly { name: string; size: number }[];
  /** That is in the weights of its head, of a classifier that has been judged; else 1. */
  temperature: number;
  /** Small companion files that a tool needs. */
  sidecars: readonly { name: string; text: string }[];
}

/** A format's export: writing, download, then verification by another engine. */
export type Exporting =
  | { kind: 'writing'; work: Work }
  | { kind: 'failed'; failure: Failure }
  /** Downloaded; verification waits for another one. */
  | { kind: 'waiting'; file: ExportedFile; stop(): void }
  | { kind: 'checking'; file: ExportedFile; work: Work }
  | { kind: 'verified'; file: ExportedFile; figures: Figures }
  | { kind: 'mismatch'; file: ExportedFile; figures: Figures }
  /** Downloaded but not verified: it was stopped, or the engine was unavailable or refused the file. */
  | { kind: 'unchecked'; file: ExportedFile; failure: Failure | null }
  /** Downloaded, and no engine can verify it. */
  | { kind: 'uncheckable'; file: ExportedFile; reason: string };

export type Exports = Readonly<Partial<Record<FormatId, Exporting>>>;

export interface ExportSlice {
  /** Of the run that Export shows, in this session. */
  exports: Exports;
  /** The format that a person chose or exported last in this session, of any run. */
  exportChoice: FormatId | null;
  /** Evaluations of a run's step, which `of` names, for its model card. */
  cardEvaluations: { of: string; measured: StepMeasurements } | null;
  importingModel: Work;
  /** Preview of an external model before its import. */
  incoming: { files: readonly File[]; preview: ModelPreview } | null;
  /** Whether the folder includes the optimizer state, so that training can resume. */
  withOptimizer: boolean;
  setWithOptimizer(withOptimizer: boolean): void;
  chooseExport(format: FormatId): void;
  /** Writes the chosen step and hands the file over; then it is checked. Undefined when nothing was written. */
  exportModel(format: FormatId): Promise<ExportedFile | undefined>;
  /** Reads what was measured of the step that Export shows. */
  loadCardEvaluations(): Promise<void>;
  /** Downloads the companion files of a format's file; writes that file first if need be. */
  downloadSidecars(format: FormatId): Promise<void>;
  /** Stops exports and checks; the finished exports of the model that gives way stay known for `restoreExports`. */
  endExports(): void;
  /** Shows the finished exports of this session of the run that Export shows. */
  restoreExports(): void;
  /**
   * Imports a zip, the files of a folder, or a GGUF file as a run, which the pages show. An external model is
   * `incoming` first.
   */
  importModel(files: readonly File[]): Promise<void>;
  /** Takes what is incoming, to read so many tokens at once, or leaves it. */
  takeIncoming(context: number): Promise<void>;
  leaveIncoming(): void;
}
