/** The data worker's contract for labeled texts. */
import type { Progress } from '../core/base/job';
import type { LongTexts } from '../core/base/longTexts';
import type { ImportOutcome, TextRecord } from '../core/documents';
import type { LabelChange, LabeledText, LabeledTextsInput, LabelsSummary, ToSurvey } from '../jobs/label';
import type { CorrectionInput, TextWithLabels } from '../jobs/labeledTables';
import type { LeakWords } from '../core/documents/labels/leakWords';
import type { LabelChanges } from '../core/documents/labels/labelChanges';

export type { TextWithLabels, ToSurvey };

/** Label operations of the data worker. */
export interface LabelApi {
  /** Labels of texts, and their problems before training. */
  surveyLabels: { input: ToSurvey; progress: Progress; output: LabelsSummary };
  /** Some documents of the texts with their current labels: a range, or at these places. */
  labeledTexts: {
    input: LabeledTextsInput;
    progress: never;
    output: readonly LabeledText[];
  };
  /** Renames labels of a text, or changes the label of a document; `before` undoes it. */
  changeLabels: {
    input: { id: string; change: LabelChange };
    progress: never;
    output: { text: TextRecord; before: LabelChanges };
  };
  /** Returns the texts whose documents have labels. */
  labeledIn: { input: { texts: readonly string[] }; progress: never; output: readonly TextWithLabels[] };
  /** Imports the labeled documents of such a text as a text to classify. */
  importLabeled: {
    input: { textId: string; projectId: string; addedAt: number };
    progress: Progress;
    output: ImportOutcome;
  };
  /**
   * Imports a correction as a new table; with `textId`, after the rows of that table, which stays. Replaces a row of the same
   * text, or removes it if the label is null. `before`: label of that row; null if there was none.
   */
  importCorrection: {
    input: CorrectionInput & { projectId: string; addedAt: number };
    progress: Progress;
    output: { text: TextRecord | null; before: string | null };
  };
  /** Texts of a run's data that its classifier can't read whole; null if all fit, or if the data are gone. */
  longTexts: { input: { runId: string }; progress: never; output: LongTexts | null };
  /** Words that reveal labels of a run's texts; null if its data is gone. */
  runLeaks: { input: { runId: string }; progress: never; output: readonly LeakWords[] | null };
}
