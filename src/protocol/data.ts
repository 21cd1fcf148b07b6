/** The data worker's contract: text, tokenizer, shards, export and import. */
import type { Failure } from '../core/base/errors';
import type { Progress } from '../core/base/job';
import type { DamagedStep, SavedStep } from '../core/checkpoint/checkpoint';
import type { Copied } from '../core/evaluate/copied';
import type { SentencePair } from '../core/evaluate/minimalPairs';
import type { Task } from '../core/evaluate/tasks';
import type { FormatId } from '../core/export/formats';
import type { ModelPreview } from '../core/export/preview';
import type { ModelChoice } from '../core/models/network';
import type { InRows } from '../core/objectives/objective';
import type { Purpose } from '../core/runs/tuning';
import type { CardWords } from '../core/runs/card';
import type { EvaluatedOn, EvaluationRecord } from '../core/runs/evaluations';
import type { KeptEvaluation } from '../core/runs/keptEvaluations';
import type { RunRow, RunWords } from '../core/runs/rows';
import type { Mix } from '../core/runs/mix';
import type { TextUse } from '../core/runs/textUses';
import type { Between } from '../core/documents/labels/between';
import type { RenderedConversation, LossMaskPreview, LossMaskInput } from '../jobs/chats';
import type { PartRows } from '../jobs/dataParts';
import type { LabelChange, LabeledText, LabelsSummary } from '../jobs/label';
import type { Speaker } from '../jobs/speakers';
import type { LabelApi } from './labeled';
import type { Decision } from '../core/runs/settings';
import type { StepMeasurements } from '../core/export/homegrownJson';
import type { Look, Previewed } from '../core/documents/clean/preview';
import type { Recipe as CleaningRecipe } from '../core/documents/clean/recipe';
import type { LeftOut } from '../core/documents/clean/record';
import type { Plan, PlanInput } from '../core/plan/plan';
import type { TextProfile } from '../core/plan/profile';
import type { DataRecord, TokenizerRecord } from '../core/runs/project';
import type { PartName, SplitChoice } from '../core/documents/split';
import type { Recipe } from '../core/train/recipe';
import type { Everything, ProjectRow } from '../core/runs/sizes';
import type {
  Columns,
  DocumentRow,
  DocumentStart,
  DropOutcome,
  ImportOutcome,
  Proposal,
  Reading,
  TableChoice,
  TableFormatId,
  TableHead,
  TableSurvey,
  TextRecord,
} from '../core/documents';
import type { TokenRole } from '../core/tokenizer/special';
import type { TokenPiece } from '../core/tokenizer/statistics';
import type { TokenizerModel, TrainedKind } from '../core/tokenizer/tokenizer';
import type { WhichSnapshot } from '../core/checkpoint/snapshot';

export type {
  DamagedStep,
  RenderedConversation,
  LossMaskPreview,
  PartRows,
  LabelChange,
  LabeledText,
  LabelsSummary,
  DataRecord,
  Everything,
  ModelPreview,
  ProjectRow,
  RunRow,
  RunWords,
  SavedStep,
  TokenizerRecord,
};

export interface DataApi extends LabelApi {
  /** Hands over files of a drop in batches before its import: thousands at once would block the page. */
  handFiles: { input: { drop: string; files: readonly GivenFile[] }; progress: never; output: null };
  /** Imports the files of a drop as one text: those sent before, then these. */
  importFiles: {
    input: {
      drop?: string;
      files: readonly GivenFile[];
      projectId: string;
      addedAt: number;
      tunes?: Purpose;
      /** Separator, if texts have several labels. */
      between?: Between;
      /** Id of the text that they join, if it still accepts files. */
      joins?: string;
    };
    progress: Progress;
    output: Pick<DropOutcome, 'text' | 'joined' | 'added' | 'duplicates' | 'passedOver'> & {
      refused: readonly { name: string; failure: Failure }[];
    };
  };
  importPaste: {
    input: { text: string; name: string; projectId: string; addedAt: number; tunes?: Purpose };
    progress: Progress;
    output: ImportOutcome;
  };
  importSample: {
    input: { file: string; projectId: string; addedAt: number };
    progress: Progress;
    output: ImportOutcome;
  };
  /** Columns of a table, and its first rows. */
  lookAtTable: { input: GivenFile & { format: TableFormatId }; progress: never; output: TableHead };
  /** The user's table as a list of sentence pairs or tasks. */
  readSentencePairs: { input: GivenFile; progress: Progress; output: readonly SentencePair[] };
  readTask: { input: GivenFile; progress: Progress; output: Task };
  /** First rows of a table, and its labels if a column has some. */
  surveyTable: { input: GivenFile & { format: TableFormatId }; progress: never; output: TableSurvey };
  /** Possible encodings of refused files, by file name or path in an archive. */
  proposeEncodings: {
    input: { given: GivenFile; names: readonly string[] };
    progress: never;
    output: readonly (readonly Proposal[])[];
  };
  samples: { input: null; progress: never; output: readonly Sample[] };
  listTexts: { input: { projectId: string }; progress: never; output: readonly TextRecord[] };
  /** `count` documents of a text from the `from`th, among those whose title contains `query`; `of` counts these. */
  documents: {
    input: { textId: string; from: number; count: number; query: string };
    progress: never;
    output: { rows: readonly DocumentRow[]; of: number };
  };
  preview: { input: { id: string; place: number; characters: number }; progress: never; output: DocumentStart };
  /** Longest passage of a generated text that these texts contain. */
  copied: { input: { written: string; texts: readonly string[] }; progress: never; output: Copied };
  /** Start of the `nth` training document of a text, after cleaning. */
  trainingExcerpt: { input: { id: string; nth: number; characters: number }; progress: never; output: string };
  /** Removes documents from training, or restores them. */
  leaveOut: {
    input: { textId: string; places: readonly number[]; isOut: boolean };
    progress: never;
    output: TextRecord;
  };
  /** Sets the license of texts; null: not stated. */
  setLicence: {
    input: { ids: readonly string[]; licence: string | null };
    progress: never;
    output: readonly TextRecord[];
  };
  /** Removes a text from a project. If that was the last, `addToProject` undoes it and `purgeText` makes it final. */
  removeText: { input: { id: string; projectId: string; at: number }; progress: never; output: TextRecord };
  /** Runs that trained on any of the texts, and so retain something of them. */
  textUses: { input: { textIds: readonly string[] }; progress: never; output: readonly TextUse[] };
  addToProject: { input: { id: string; projectId: string; isTuned?: boolean }; progress: never; output: TextRecord };
  purgeText: { input: { id: string }; progress: never; output: null };
  /** Default name of a project with these texts; null if it has none. */
  nameOfTexts: { input: { ids: readonly string[] }; progress: never; output: string | null };

  /** Plan for these texts, a device and a time, with the profile of the texts. */
  plan: {
    input: Omit<PlanInput, 'text'> & { texts: readonly string[] };
    progress: Progress;
    output: { plan: Plan; text: TextProfile };
  };
  /** Applies a recipe to a text, for every project that has it. A recipe without effect restores the whole text. */
  applyRecipe: { input: { id: string; recipe: CleaningRecipe; at: number }; progress: Progress; output: TextRecord };
  /** Effects of a recipe on a sample of texts. */
  previewRecipe: {
    input: { ids: readonly string[]; recipe: CleaningRecipe; look: Look };
    progress: never;
    output: Previewed;
  };
  /** Documents that the recipe of a text removed: `count` from the `from`th. */
  leftByRecipe: {
    input: { id: string; from: number; count: number };
    progress: never;
    /** `recipe` removed them; null if the text isn't cleaned. */
    output: { rows: readonly LeftOut[]; of: number; recipe: object | null };
  };
  trainTokenizer: {
    input: { texts: readonly string[]; kind: TrainedKind; vocabulary: number; roles: readonly TokenRole[] };
    progress: Progress;
    output: TokenizerRecord;
  };
  /** Tokens of a passage. */
  tokens: { input: { text: string; tokenizer: TokenizerModel }; progress: never; output: readonly TokenPiece[] };
  /** Vocabulary entries that contain `query`, with counts in the training set if there are data. */
  vocabulary: {
    input: { tokenizer: TokenizerModel; data: DataRecord | null; query: string; limit: number };
    progress: never;
    output: readonly TokenPiece[];
  };

  buildData: {
    input: { texts: readonly string[]; tokenizer: TokenizerModel; split: SplitChoice };
    progress: Progress;
    output: DataRecord;
  };

  /** People who speak with one other in documents of a text, with the number of documents. */
  speakers: {
    input: { textId: string };
    progress: never;
    output: readonly Speaker[];
  };
  /** Imports such chats as conversations to tune on, with one person as the assistant; `leftOut` counts other documents. */
  importSpeakers: {
    input: { textId: string; assistant: string; projectId: string; addedAt: number };
    progress: Progress;
    output: { outcome: ImportOutcome; leftOut: number };
  };
  /** Which tokens of chats are learned, with the tokenizer's chat template or a default. */
  previewLossMask: {
    input: LossMaskInput;
    progress: Progress;
    output: LossMaskPreview;
  };
  /** Sets temperature and confidence threshold of a classifier. */
  decide: { input: { runId: string; decision: Decision }; progress: never; output: null };
  /** Deletes data that no record names; nothing while a tab uses data. */
  dropUnused: { input: null; progress: never; output: null };
  /** Texts and documents of each part; `ids` of the data's texts, in order. */
  partRows: {
    input: { data: DataRecord; ids: readonly string[]; part: PartName; from: number; count: number };
    progress: never;
    output: PartRows;
  };

  /** Rows of the training set for an objective; null if there is nothing to say. */
  inRows: {
    input: { data: DataRecord; tokenizer: TokenizerModel; model: Pick<ModelChoice, 'id' | 'config'>; recipe: Recipe };
    progress: never;
    output: InRows | null;
  };

  /** Saved steps of a run that can be opened, oldest first, and damaged ones. */
  savedSteps: {
    input: { runId: string };
    progress: never;
    output: { steps: readonly SavedStep[]; damaged: readonly DamagedStep[] };
  };
  exportModel: {
    input: { runId: string; which: WhichSnapshot; format: FormatId; withOptimizer: boolean };
    progress: Progress;
    /** A zip if the format is a folder. */
    output: {
      file: Blob;
      name: string;
      files: readonly { name: string; size: number }[];
      /** Small companion files that a tool needs. */
      sidecars: readonly { name: string; text: string }[];
    };
  };
  /** Runs of a project with a saved step, newest first. Curves that must be computed follow later. */
  listRuns: {
    input: { projectId: string; now: number };
    progress: readonly RunRow[];
    output: readonly RunRow[];
  };
  /** Stores the average of a tuned step and its base as a new run. */
  mixRun: { input: Mix; progress: never; output: null };
  describeRun: { input: Partial<RunWords> & { runId: string }; progress: never; output: null };
  /** Sets a person's words in the model card; absent parts keep Homegrown's. */
  writeCard: { input: { runId: string; card: CardWords }; progress: never; output: null };
  /**
   * Stored evaluation of a step on a part; without one, of the newest earlier step, otherwise of the newest. Null if there is
   * none.
   */
  keptEvaluation: {
    input: { runId: string; step: number; part: EvaluatedOn };
    progress: never;
    output: KeptEvaluation | null;
  };
  /** Evaluations of a step, for its card. */
  measured: { input: { runId: string; step: number }; progress: never; output: StepMeasurements };
  /** Results of lists, oldest step first. */
  keptLists: { input: { runId: string }; progress: never; output: readonly EvaluationRecord[] };
  /** Hides a run; `restoreRun` undoes it, `purgeRun` makes it final and returns the freed bytes. Fails while a tab uses it. */
  removeRun: { input: { runId: string; at: number }; progress: never; output: { bytes: number } };
  restoreRun: { input: { runId: string }; progress: never; output: null };
  purgeRun: { input: { runId: string }; progress: never; output: null };
  /** Pins a step of a run, if its budget has room, or unpins it. */
  pinStep: { input: { runId: string; step: number; isPinned: boolean }; progress: never; output: null };
  /** Sets the maximum bytes of a run's kept checkpoints, from the next kept one on. */
  setBudget: { input: { runId: string; bytes: number }; progress: never; output: null };
  /** Deletes the saved steps of a run; its record and curve stay. Fails while a tab uses it. */
  freeRun: { input: { runId: string }; progress: never; output: { bytes: number } };
  /**
   * Imports a zip, a Hugging Face folder or a GGUF file as a new run, all or nothing. An external model returns a preview first,
   * and is imported once a person confirmed it.
   */
  importModel: {
    /** `context`: maximum number of tokens, if the model allows a shorter context. */
    input: { files: readonly File[]; projectId: string; addedAt: number; isSeen?: boolean; context?: number };
    progress: Progress;
    output: { runId: string } | { preview: ModelPreview };
  };

  /** Projects with their sizes, last opened first, also removed ones; unreadable ones last. */
  projects: { input: null; progress: never; output: readonly ProjectRow[] };
  /** Copies a project without its runs. */
  duplicateProject: { input: { id: string; copy: string; name: string; at: number }; progress: never; output: null };
  /** Makes a new project with the texts and runs of an unreadable one. */
  rescueProject: { input: { from: string; id: string; name: string; at: number }; progress: never; output: null };
  /** Deletes a removed project and its content, unless it was restored. */
  purgeProject: { input: { id: string }; progress: never; output: null };
  /** Bytes that deleting everything would free. */
  measureEverything: { input: null; progress: never; output: Everything };

  /**
   * Migrates records of older builds; `texts` counts those that got a list of documents. Records that aren't migrated yet open,
   * too. @throws `in-use` if another tab is migrating
   */
  migrate: { input: null; progress: Progress; output: { texts: number } };
  /** All unreadable records; curves only of the shown run. */
  listUnreadable: { input: { runId: string | null }; progress: never; output: readonly UnreadableRecord[] };
  /** A zip of the stored values of an unreadable record. */
  exportRaw: { input: { key: string }; progress: Progress; output: { file: Blob; name: string } };
}

export interface GivenFile {
  file: File;
  name: string;
  /** How the table is read, if it is one. */
  table?: TableChoice;
  reading?: Reading;
  /** Starts like a table or JSON, but is prose. */
  isProse?: boolean;
}

export interface Sample {
  file: string;
  title: string;
  description: string;
  licence: string;
  characters: number;
  bytes: number;
  /** Prompt for its models. */
  prompt?: string;
  /** A table of pairs with columns input and target. */
  pairs?: true;
  /** Columns of a table of labeled texts. */
  labels?: Extract<Columns, { text: string }>;
  /** Number of texts per label. */
  counts?: readonly { label: string; count: number }[];
}

/** A stored record that this version can't read, and never changes. */
export interface UnreadableRecord {
  key: string;
  /** Kind of record, such as 'A text'. */
  name: string;
  /** Size with all values that belong to it. */
  bytes: number;
  failure: Failure;
}
