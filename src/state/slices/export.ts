/** The file or folder that a model is exported to. */
import type { Failure } from '../../core/base/errors';
import type { FormatId } from '../../core/export/formats';
import type { StepMeasurements } from '../../core/export/homegrownJson';
import type { ModelPreview } from '../../core/export/preview';
import type { Figures } from '../../core/verify/compare';
import type { Work } from '../work';

/** A file that was handed over, and what is known of it. */
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
  /** Small files that a tool wants beside it. */
  sidecars: readonly { name: string; text: string }[];
}

/** A format's export: written, handed over, and then checked by another engine. */
export type Exporting =
  | { kind: 'writing'; work: Work }
  | { kind: 'failed'; failure: Failure }
  /** Handed over; the check waits for another one. */
  | { kind: 'waiting'; file: ExportedFile; stop(): void }
  | { kind: 'checking'; file: ExportedFile; work: Work }
  | { kind: 'verified'; file: ExportedFile; figures: Figures }
  | { kind: 'mismatch'; file: ExportedFile; figures: Figures }
  /** Handed over, and not checked: because it was stopped, or the engine could not be had, or refused the file. */
  | { kind: 'unchecked'; file: ExportedFile; failure: Failure | null }
  /** Handed over, and there is nothing to check it by. */
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
  /** A model made elsewhere, opened and not yet taken. */
  incoming: { files: readonly File[]; preview: ModelPreview } | null;
  /** Whether the folder carries what training needs to go on. */
  withOptimizer: boolean;
  setWithOptimizer(withOptimizer: boolean): void;
  chooseExport(format: FormatId): void;
  /** Writes the chosen step and hands the file over; then it is checked. Undefined when nothing was written. */
  exportModel(format: FormatId): Promise<ExportedFile | undefined>;
  /** Reads what was measured of the step that Export shows. */
  loadCardEvaluations(): Promise<void>;
  /** Hands over the small files that belong beside a format's file; writes that first if need be. */
  downloadSidecars(format: FormatId): Promise<void>;
  /** Stops exports and checks; the finished exports of the model that gives way stay known for `restoreExports`. */
  endExports(): void;
  /** Shows the finished exports of this session of the run that Export shows. */
  restoreExports(): void;
  /**
   * A zip, the files of a folder, or a GGUF file: a run beside the others, which the pages show. One that was made elsewhere is
   * `incoming` first.
   */
  importModel(files: readonly File[]): Promise<void>;
  /** Takes what is incoming, to read so many tokens at once, or leaves it. */
  takeIncoming(context: number): Promise<void>;
  leaveIncoming(): void;
}
