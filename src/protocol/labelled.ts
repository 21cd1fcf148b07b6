/** Texts with labels, as the data worker tells of them and changes them. */
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
export type LabelChange =
  /** Of what it is an example; null: nobody has said it yet. */
  | { kind: 'relabel'; place: number; labels: readonly string[] | null }
  | { kind: 'join'; labels: readonly string[]; as: string }
  | { kind: 'unlabelled'; are: Unlabelled }
  | { kind: 'restore'; labelling: Labelling };
