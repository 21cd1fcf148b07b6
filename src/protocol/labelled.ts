/** Texts with labels, as the data worker tells of them and changes them. */
import type { Progress } from '../core/base/job';
import type { LongTexts } from '../core/base/longTexts';
import type { ImportOutcome, TextRecord } from '../core/documents';
import type { LeakWords } from '../core/documents/labels/leakWords';
import type { LabelProblem } from '../core/documents/labels/problems';
import type { LabelSurvey } from '../core/documents/labels/survey';
import type { TokenizerModel, TrainedKind } from '../core/tokenizer/tokenizer';
import type { Labelling, Unlabelled } from '../core/documents/labels/labelling';

export interface LabelsTold extends LabelSurvey {
  /** Whether a text has several. */
  several: boolean;
  /** What was said of those that have none; absent: nothing yet, or each text has one label. */
  unlabelledAre?: Unlabelled;
  /** Tokens beyond which a text is long; absent where no tokenizer is known. `isAtLeast`: at least so many texts are. */
  room?: number;
  isAtLeast?: boolean;
  /** Tokenizer that was trained on these texts as it will be at the start: what was asked for, and its entries. */
  trained?: YetToBeMade & { entries: number };
  /** The gravest first. */
  problems: readonly LabelProblem[];
}
/** Of whose labels is told, and of which model's tokens: without one, of none. */
export interface ToSurvey {
  texts: readonly string[];
  /** How many texts a label must have for nobody to be asked about it. */
  fewest: number;
  reader?: { tokenizer: TokenizerModel | YetToBeMade; context: number; isEncoder: boolean };
}
/** Of the texts themselves: of many of them it is known only how many tokens each has at least. */
export interface YetToBeMade {
  made: TrainedKind;
  vocabulary: number;
}
export interface LabelledText {
  textId: string;
  /** Among all of its text as it was read, and among all documents of the texts. */
  place: number;
  at: number;
  title: string;
  text: string;
  /** Of one that may have several also none; absent: nobody has said it yet. */
  labels?: readonly string[];
}
/** A text to learn from whose documents have labels. */
export interface TextWithLabels {
  id: string;
  name: string;
  /** Documents with a label, and different labels. */
  documents: number;
  labels: number;
}
export type LabelChange =
  /** Of what it is an example; null: nobody has said it yet. */
  | { kind: 'relabel'; place: number; labels: readonly string[] | null }
  | { kind: 'join'; labels: readonly string[]; as: string }
  | { kind: 'unlabelled'; are: Unlabelled }
  | { kind: 'restore'; labelling: Labelling };

/** What the data worker does with labels. */
export interface LabelApi {
  /** Which labels texts have by which they are to be told apart, and what is to be said of them before a start. */
  surveyLabels: { input: ToSurvey; progress: Progress; output: LabelsTold };
  /** Some of all documents of the texts, in their order, with the labels that they have now: so many from one, or at these places. */
  labelledTexts: {
    input: {
      texts: readonly string[];
      at: { from: number; count: number } | { places: readonly number[] };
      /** Of each its beginning. */
      characters: number;
      /** In lower case: only labeled documents that have it, counted by themselves; each from shortly before it. */
      word?: string;
    };
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
    input: { textId?: string; name: string; text: string; label: string | null; projectId: string; addedAt: number };
    progress: Progress;
    output: { text: TextRecord | null; before: string | null };
  };
  /** Texts of a run's data that its classifier can't read whole; null if all fit, or if the data are gone. */
  longTexts: { input: { runId: string }; progress: never; output: LongTexts | null };
  /** Words that give away labels of a run's texts; null if its data are gone. */
  runLeaks: { input: { runId: string }; progress: never; output: readonly LeakWords[] | null };
}
