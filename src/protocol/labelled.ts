/** Texts with labels, as the data worker tells of them and changes them. */
import type { Labelling } from '../core/documents/labels/labelling';

export interface LabelsTold {
  /** All documents, and those of them that have no label. */
  documents: number;
  unlabelled: number;
  /** Whether some have several. */
  several: boolean;
  /** How many have each, the commonest first. */
  labels: readonly { label: string; count: number }[];
  /** Names that may be one label's, and what that could be called. */
  alike: readonly { names: readonly string[]; as: string }[];
  /** What stops a start, what a person is asked, and what is told. */
  problems: readonly { kind: 'refused' | 'asked' | 'told'; words: string; remedy?: string }[];
}
export interface LabelledText {
  textId: string;
  /** Among all of its text as it was read, and among all documents of the texts. */
  place: number;
  at: number;
  title: string;
  text: string;
  /** Empty: it has none. */
  label: string;
}
export type LabelChange =
  | { kind: 'relabel'; place: number; label: string }
  | { kind: 'join'; labels: readonly string[]; as: string }
  | { kind: 'restore'; labelling: Labelling };
