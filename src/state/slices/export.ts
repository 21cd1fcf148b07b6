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
  /** Step of the run. */
  step: number;
  /** Milliseconds since 1970. */
  at: number;
  name: string;
  size: number;
  files: readonly { name: string; size: number }[];
  /** Temperature in the weights of a judged classifier's head; else 1. */
  temperature: number;
  /** Small companion files that a tool needs. */
  sidecars: readonly { name: string; text: string }[];
}

/** A format's export: writing, download, then verification by another engine. */
export type Exporting =
  | { kind: 'writing'; work: Work }
  | { kind: 'failed'; failure: Failure }
  /** Downloaded; waits until another verification ends. */
  | { kind: 'waiting'; file: ExportedFile; stop(): void }
  | { kind: 'checking'; file: ExportedFile; work: Work }
  | { kind: 'verified'; file: ExportedFile; figures: Figures }
  | { kind: 'mismatch'; file: ExportedFile; figures: Figures }
  /** Downloaded but not verified: verification stopped, or its engine was unavailable or refused the file. */
  | { kind: 'unchecked'; file: ExportedFile; failure: Failure | null }
  /** Downloaded, and no engine can verify it. */
  | { kind: 'uncheckable'; file: ExportedFile; reason: string };

export type Exports = Readonly<Partial<Record<FormatId, Exporting>>>;

export interface ExportSlice {
  /** Exports of the run that Export shows, in this session. */
  exports: Exports;
  /** Format that a person chose or exported last in this session, for any run. */
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
  /** Exports and downloads the chosen checkpoint, then verifies it. Undefined if nothing was exported. */
  exportModel(format: FormatId): Promise<ExportedFile | undefined>;
  /** Loads the evaluations of the checkpoint that Export shows. */
  loadCardEvaluations(): Promise<void>;
  /** Downloads the companion files of a format's file, which is exported first if missing. */
  downloadSidecars(format: FormatId): Promise<void>;
  /** Stops exports and checks; finished exports stay available for `restoreExports`. */
  endExports(): void;
  /** Shows this session's finished exports of the run that Export shows. */
  restoreExports(): void;
  /**
   * Imports a zip, the files of a folder, or a GGUF file as a run, which the pages show. An external model is
   * `incoming` first.
   */
  importModel(files: readonly File[]): Promise<void>;
  /** Imports the incoming model with a context in tokens. */
  takeIncoming(context: number): Promise<void>;
  leaveIncoming(): void;
}
