/** Labels of the texts that a classifier learns, and corrections to them. */
import type { LeakWords } from '../../core/documents/labels/leakWords';
import type { EvaluationRecord } from '../../core/runs/evaluations';
import type { RunRecord } from '../../core/runs/record';
import type { Decision } from '../../core/runs/settings';
import type { DataApi, LabelChange, LabeledText, LabelsSummary } from '../../protocol/data';
import type { ClassifyFileInput, FileOfLabels, GivenLabels } from '../../protocol/gpu';
import type { Watched } from '../work';
import type { ProjectSlice } from './project';
import type { TextsSlice } from './texts';

export interface Classifying extends Corrections {
  /** @param of as it was set when that was asked for */
  survey(options?: Watched, of?: Pick<ProjectSlice, 'project'> & Pick<TextsSlice, 'tuneTexts'>): Promise<LabelsSummary>;
  /** Words that give away labels of the texts that the next classifier learns; of those that were surveyed last they are known. */
  leaks(options?: Watched): Promise<readonly LeakWords[]>;
  /** Words that give away labels of the texts of a run's data; counted once. Null if the data are gone. */
  leaksOf(runId: string): Promise<readonly LeakWords[] | null>;
  /** Some of the texts that the next classifier trains on. @param of only rows of this table, or rows that have this word */
  rows(
    at: DataApi['labeledTexts']['input']['at'],
    characters: number,
    of?: { textId?: string | undefined; word?: string | undefined },
  ): Promise<readonly LabeledText[]>;
  /** Texts at these places of a classifier's training data; undefined if the data have changed. */
  examples(run: RunRecord, places: readonly number[], characters?: number): Promise<readonly LabeledText[] | undefined>;
  /** Says of what a text is an example, or calls labels otherwise; a note takes it back. False where it could not. */
  change(textId: string, change: LabelChange, words: string): Promise<boolean>;
  /** The same without a note; the caller offers undo. Returns false, with a note, if the correction wasn't stored. */
  label(textId: string, place: number, labels: readonly string[] | null): Promise<boolean>;
  /** Measures the step of a classifier that is used on its validation set, saves the figures, and fits the temperature. */
  judge(runId: string, options?: Watched): Promise<EvaluationRecord | undefined>;
  /** Judges the step that is used, unless it was judged before: then its temperature is the one in use. */
  settle(runId: string): Promise<void>;
  /** What was measured of a step on the validation set, or of the nearest one; null if nothing was. */
  judged(runId: string, step: number): Promise<EvaluationRecord | null>;
  decide(run: RunRecord, decision: Decision): Promise<void>;
  /** Sets the confidence threshold of a classifier; a note says if that wasn't saved. */
  answerFrom(runId: string, atLeast: number): Promise<void>;
  /** Labels of a text, by the step that is used. */
  classify(runId: string, text: string, options?: Watched): Promise<GivenLabels>;
  /** Downloads a table of the labels of each row of a file. */
  classifyFile(input: Omit<ClassifyFileInput, 'which'>, options?: Watched): Promise<Omit<FileOfLabels, 'file'>>;
  /** Takes the labeled documents of one of them as texts to classify. */
  takeLabeled(textId: string): Promise<void>;
}

export interface Corrections {
  /** Saves the right label of a text. False if it wasn't saved, which a toast reports. */
  correct(text: string, label: string): Promise<boolean>;
  /** Gives a text the label that it had before the last correction, or takes its row out. */
  undoCorrection(text: string): Promise<void>;
  /** Undefined for a text without a correction. */
  correctionOf(text: string, run: Pick<RunRecord, 'id' | 'segments'> | undefined): Promise<Correction | undefined>;
}

/** The right label that a person gave to a text, and whether a run trained with it. */
export interface Correction {
  label: string;
  /** Undefined where a label of a table was changed after some run trained on it, in an earlier session. */
  isLearned: boolean | undefined;
}
