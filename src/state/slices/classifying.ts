/** Labels of a classifier's training texts, and corrections. */
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
  /** @param of project and texts at the time of the request */
  survey(options?: Watched, of?: Pick<ProjectSlice, 'project'> & Pick<TextsSlice, 'tuneTexts'>): Promise<LabelsSummary>;
  /** Words that reveal labels of the next classifier's texts; cached for the texts of the last survey. */
  leaks(options?: Watched): Promise<readonly LeakWords[]>;
  /** Words that reveal labels of the texts of a run's data; counted once. Null if the data is gone. */
  leaksOf(runId: string): Promise<readonly LeakWords[] | null>;
  /** Some of the texts that the next classifier trains on. @param of only rows of this table, or rows that have this word */
  rows(
    at: DataApi['labeledTexts']['input']['at'],
    characters: number,
    of?: { textId?: string | undefined; word?: string | undefined },
  ): Promise<readonly LabeledText[]>;
  /** Texts at these places of a classifier's training data; undefined if the data has changed. */
  examples(run: RunRecord, places: readonly number[], characters?: number): Promise<readonly LabeledText[] | undefined>;
  /** Changes the label of a text, or renames labels; a toast undoes it. Returns false on failure. */
  change(textId: string, change: LabelChange, words: string): Promise<boolean>;
  /** Like `change`, without a toast; the caller offers undo. Returns false, with a toast, if it wasn't stored. */
  label(textId: string, place: number, labels: readonly string[] | null): Promise<boolean>;
  /** Evaluates a classifier's used checkpoint on its validation set, saves the metrics, and fits the temperature. */
  judge(runId: string, options?: Watched): Promise<EvaluationRecord | undefined>;
  /** Evaluates the used checkpoint if that wasn't done before, so that its temperature is set. */
  settle(runId: string): Promise<void>;
  /** Validation metrics of a checkpoint, or of the nearest one; null without any. */
  judged(runId: string, step: number): Promise<EvaluationRecord | null>;
  decide(run: RunRecord, decision: Decision): Promise<void>;
  /** Sets the confidence threshold of a classifier; a note says if that wasn't saved. */
  answerFrom(runId: string, atLeast: number): Promise<void>;
  /** Labels of a text, by the used checkpoint. */
  classify(runId: string, text: string, options?: Watched): Promise<GivenLabels>;
  /** Downloads a table with the labels of each row of a file. */
  classifyFile(input: Omit<ClassifyFileInput, 'which'>, options?: Watched): Promise<Omit<FileOfLabels, 'file'>>;
  /** Takes the labeled documents of a training text as texts to classify. */
  takeLabeled(textId: string): Promise<void>;
}

export interface Corrections {
  /** Saves the correct label of a text. Returns false, with a toast, if it wasn't saved. */
  correct(text: string, label: string): Promise<boolean>;
  /** Restores the label before the last correction, or removes its row. */
  undoCorrection(text: string): Promise<void>;
  /** Undefined for a text without a correction. */
  correctionOf(text: string, run: Pick<RunRecord, 'id' | 'segments'> | undefined): Promise<Correction | undefined>;
}

/** Correct label of a text by a person, and whether a run trained with it. */
export interface Correction {
  label: string;
  /** Undefined if a table's label changed in an earlier session, after a run trained on it. */
  isLearned: boolean | undefined;
}
