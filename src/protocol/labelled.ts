/** Texts with labels, as the data worker tells of them and changes them. */
import type { Progress } from '../core/base/job';
import type { LongTexts } from '../core/base/longTexts';
import type { ImportOutcome, TextRecord } from '../core/documents';
import type { LabelChange, LabelledText, LabelledTextsInput, LabelsTold, ToSurvey } from '../jobs/label';
import type { CorrectionInput, TextWithLabels } from '../jobs/labeledTables';
import type { LeakWords } from '../core/documents/labels/leakWords';
import type { Labelling } from '../core/documents/labels/labelling';

export type { TextWithLabels, ToSurvey };

/** What the data worker does with labels. */
export interface LabelApi {
  /** Which labels texts have by which they are to be told apart, and what is to be said of them before a start. */
  surveyLabels: { input: ToSurvey; progress: Progress; output: LabelsTold };
  /** Some of all documents of the texts, in their order, with the labels that they have now: so many from one, or at these places. */
  labelledTexts: {
    input: LabelledTextsInput;
    progress: never;
    output: readonly LabelledText[];
  };
  /** Calls labels of a text otherwise, or says of what one of its documents is an example; `before` takes it back. */
  changeLabels: {
    input: { id: string; change: LabelChange };
    progress: never;
    output: { text: TextRecord; before: Labelling };
  };
  /** Of texts to learn from, those whose documents have labels. */
  labeledIn: { input: { texts: readonly string[] }; progress: never; output: readonly TextWithLabels[] };
  /** The labeled documents of one of them as a text to classify. */
  importLabeled: {
    input: { textId: string; projectId: string; addedAt: number };
    progress: Progress;
    output: ImportOutcome;
  };
  /**
   * A text with its right label, in a new table; with `textId`, after the rows of that table, which stays. A row of the same text is
   * replaced, or left out if the label is null. `before`: the label of that row; null if there was none.
   */
  importCorrection: {
    input: CorrectionInput & { projectId: string; addedAt: number };
    progress: Progress;
    output: { text: TextRecord | null; before: string | null };
  };
  /** Texts of a run's data that its classifier can't read whole; null if all fit, or if the data are gone. */
  longTexts: { input: { runId: string }; progress: never; output: LongTexts | null };
  /** Words that give away labels of a run's texts; null if its data are gone. */
  runLeaks: { input: { runId: string }; progress: never; output: readonly LeakWords[] | null };
}
