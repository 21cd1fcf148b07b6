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
import type { Learnt } from '../core/runs/learnt';
import type { Between } from '../core/documents/labels/between';
import type { PaintedConversation, Painting, PaintInput } from '../jobs/chats';
import type { PartRows } from '../jobs/dataParts';
import type { LabelChange, LabelledText, LabelsTold } from '../jobs/label';
import type { Speaker } from '../jobs/speakers';
import type { LabelApi } from './labelled';
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
  PaintedConversation,
  Painting,
  PartRows,
  LabelChange,
  LabelledText,
  LabelsTold,
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
  /** Files of a drop, some at a time, for the import of that drop: thousands at once would hold the page. */
  handFiles: { input: { drop: string; files: readonly GivenFile[] }; progress: never; output: null };
  /** Streams the files that were dropped or chosen at once into the store, as one text: after those that were handed over. */
  importFiles: {
    input: {
      drop?: string;
      files: readonly GivenFile[];
      projectId: string;
      addedAt: number;
      tunes?: Purpose;
      /** Where texts have several labels: what stands between them. */
      between?: Between;
      /** Id of the text that they join, if it can still take them. */
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
  /** The columns of a table, and its first rows. */
  lookAtTable: { input: GivenFile & { format: TableFormatId }; progress: never; output: TableHead };
  /** A table of a person's own, as a list that a model is asked. */
  readSentencePairs: { input: GivenFile; progress: Progress; output: readonly SentencePair[] };
  readTask: { input: GivenFile; progress: Progress; output: Task };
  /** A table's first rows, and its labels if one column holds labels. */
  surveyTable: { input: GivenFile & { format: TableFormatId }; progress: never; output: TableSurvey };
  /** The encodings that files may be in, by the names they were refused by: the file's own, or their paths in the archive. */
  proposeEncodings: {
    input: { given: GivenFile; names: readonly string[] };
    progress: never;
    output: readonly (readonly Proposal[])[];
  };
  samples: { input: null; progress: never; output: readonly Sample[] };
  listTexts: { input: { projectId: string }; progress: never; output: readonly TextRecord[] };
  /** `count` documents of a text from the `from`th, of those whose title holds `query`; `of`: how many those are. */
  documents: {
    input: { textId: string; from: number; count: number; query: string };
    progress: never;
    output: { rows: readonly DocumentRow[]; of: number };
  };
  preview: { input: { id: string; place: number; characters: number }; progress: never; output: DocumentStart };
  /** The longest passage of a written text that stands in these texts as they are learned. */
  copied: { input: { written: string; texts: readonly string[] }; progress: never; output: Copied };
  /** Start of the `nth` training document of a text, as its recipe left it. */
  trainingExcerpt: { input: { id: string; nth: number; characters: number }; progress: never; output: string };
  /** Leaves documents out of what is learnt, or puts them back. */
  leaveOut: {
    input: { textId: string; places: readonly number[]; isOut: boolean };
    progress: never;
    output: TextRecord;
  };
  /** States the licence of texts; null: not stated. */
  setLicence: {
    input: { ids: readonly string[]; licence: string | null };
    progress: never;
    output: readonly TextRecord[];
  };
  /** Takes a text out of a project; out of the last, `addToProject` undoes it, and `purgeText` makes it final. */
  removeText: { input: { id: string; projectId: string; at: number }; progress: never; output: TextRecord };
  /** The runs that learnt from any of the texts, and so keep something of it: each once, over all of them. */
  learntFrom: { input: { textIds: readonly string[] }; progress: never; output: readonly Learnt[] };
  addToProject: { input: { id: string; projectId: string; isTuned?: boolean }; progress: never; output: TextRecord };
  purgeText: { input: { id: string }; progress: never; output: null };
  /** What a project of these texts is called while nobody has named it; null: it has none. */
  nameOfTexts: { input: { ids: readonly string[] }; progress: never; output: string | null };

  /** Settings for these texts, a device and a time; and what the texts are found to be. */
  plan: {
    input: Omit<PlanInput, 'text'> & { texts: readonly string[] };
    progress: Progress;
    output: { plan: Plan; text: TextProfile };
  };
  /** Of a text what this recipe leaves is learnt from now on, by every project that has it; all of it, where it does nothing. */
  applyRecipe: { input: { id: string; recipe: CleaningRecipe; at: number }; progress: Progress; output: TextRecord };
  /** What a recipe would do to texts, on a sample of them. */
  previewRecipe: {
    input: { ids: readonly string[]; recipe: CleaningRecipe; look: Look };
    progress: never;
    output: Previewed;
  };
  /** Documents that the recipe of a text left out: `count` from the `from`th. */
  leftByRecipe: {
    input: { id: string; from: number; count: number };
    progress: never;
    /** `recipe` is that by which they were; null where the text is as it was read. */
    output: { rows: readonly LeftOut[]; of: number; recipe: object | null };
  };
  trainTokenizer: {
    input: { texts: readonly string[]; kind: TrainedKind; vocabulary: number; roles: readonly TokenRole[] };
    progress: Progress;
    output: TokenizerRecord;
  };
  /** A passage cut into its tokens. */
  tokens: { input: { text: string; tokenizer: TokenizerModel }; progress: never; output: readonly TokenPiece[] };
  /** Entries that hold `query`; counted in the training part when there is data. */
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

  /** Who speaks with one other alone in documents of a text that is there, and in how many. */
  speakers: {
    input: { textId: string };
    progress: never;
    output: readonly Speaker[];
  };
  /** Those of a text as conversations to tune on, in which one of the two is the assistant; `leftOut`: its other documents. */
  importSpeakers: {
    input: { textId: string; assistant: string; projectId: string; addedAt: number };
    progress: Progress;
    output: { outcome: ImportOutcome; leftOut: number };
  };
  /** What would be learnt of chats, written by a tokenizer's template or by the one that is usual for it. */
  paint: {
    input: PaintInput;
    progress: Progress;
    output: Painting;
  };
  /** How the scores of a classifier become an answer. */
  decide: { input: { runId: string; decision: Decision }; progress: never; output: null };
  /** Drops data that no record names: at once nothing while a tab holds data. */
  dropUnused: { input: null; progress: never; output: null };
  /** What of which text and document went into which part; `ids`: of the texts that the data are of, in order. */
  partRows: {
    input: { data: DataRecord; ids: readonly string[]; part: PartName; from: number; count: number };
    progress: never;
    output: PartRows;
  };

  /** How the training part lies in the rows of an objective; null: there is nothing to tell. */
  inRows: {
    input: { data: DataRecord; tokenizer: TokenizerModel; model: Pick<ModelChoice, 'id' | 'config'>; recipe: Recipe };
    progress: never;
    output: InRows | null;
  };

  /** The steps of a run that can be opened, oldest first, and those that cannot. */
  savedSteps: {
    input: { runId: string };
    progress: never;
    output: { steps: readonly SavedStep[]; damaged: readonly DamagedStep[] };
  };
  exportModel: {
    input: { runId: string; which: WhichSnapshot; format: FormatId; withOptimizer: boolean };
    progress: Progress;
    /** A zip where the format is a folder. */
    output: {
      file: Blob;
      name: string;
      files: readonly { name: string; size: number }[];
      /** Small texts that a tool wants beside a file. */
      sidecars: readonly { name: string; text: string }[];
    };
  };
  /** The runs of a project that have saved a step, newest first; at once without the curves that have to be made first. */
  listRuns: {
    input: { projectId: string; now: number };
    progress: readonly RunRow[];
    output: readonly RunRow[];
  };
  /** An average of a tuned step and of what it was tuned from, as a run of its own. */
  mixRun: { input: Mix; progress: never; output: null };
  describeRun: { input: Partial<RunWords> & { runId: string }; progress: never; output: null };
  /** What a person says in its card, part by part; a part that is absent says what Homegrown says. */
  writeCard: { input: { runId: string; card: CardWords }; progress: never; output: null };
  /**
   * What is kept of a step on a part; where that step was not measured, of the newest before it, else of the newest. Null where
   * there is none.
   */
  keptEvaluation: {
    input: { runId: string; step: number; part: EvaluatedOn };
    progress: never;
    output: KeptEvaluation | null;
  };
  /** What of it goes with the step, for its card. */
  measured: { input: { runId: string; step: number }; progress: never; output: StepMeasurements };
  /** What was asked of its steps by lists, oldest step first. */
  keptLists: { input: { runId: string }; progress: never; output: readonly EvaluationRecord[] };
  /** Hides a run; `restoreRun` undoes it, `purgeRun` makes it final, which frees so many bytes. Fails while a tab works on it. */
  removeRun: { input: { runId: string; at: number }; progress: never; output: { bytes: number } };
  restoreRun: { input: { runId: string }; progress: never; output: null };
  purgeRun: { input: { runId: string }; progress: never; output: null };
  /** Keeps a step of a run until it is let go by hand, where its budget has room for it; or lets it go. */
  pinStep: { input: { runId: string; step: number; isPinned: boolean }; progress: never; output: null };
  /** Bytes that a run's kept steps may take; what is kept already is heeded when the next one is. */
  setBudget: { input: { runId: string; bytes: number }; progress: never; output: null };
  /** Gives back what a run's saved steps take; its record and curve stay. Fails while a tab works on it. */
  freeRun: { input: { runId: string }; progress: never; output: { bytes: number } };
  /**
   * A zip, the files of a Hugging Face folder, or a GGUF file, as a new run. Nothing is stored unless all of it is right. Of a
   * model that was made elsewhere it says what that is, and takes it when it is told that a person has seen that.
   */
  importModel: {
    /** `context`: tokens that it is to read at once, at most, where it can be taken with fewer. */
    input: { files: readonly File[]; projectId: string; addedAt: number; isSeen?: boolean; context?: number };
    progress: Progress;
    output: { runId: string } | { preview: ModelPreview };
  };

  /** The projects with what they own, last opened first; what is removed among them, and what cannot be opened last. */
  projects: { input: null; progress: never; output: readonly ProjectRow[] };
  /** A project's texts, tokenizer, data and settings under another id and name, without its runs. */
  duplicateProject: { input: { id: string; copy: string; name: string; at: number }; progress: never; output: null };
  /** A new project with the texts and runs of one that cannot be read. */
  rescueProject: { input: { from: string; id: string; name: string; at: number }; progress: never; output: null };
  /** Drops a removed project with what is its own; one that was restored meanwhile stays. */
  purgeProject: { input: { id: string }; progress: never; output: null };
  /** What deleting everything would free. */
  measureEverything: { input: null; progress: never; output: Everything };

  /**
   * Brings what older builds stored to where this one keeps it; `texts` of them were given a list of their documents. What
   * it has not come to opens all the same. @throws `in-use` where another tab is at it
   */
  migrate: { input: null; progress: Progress; output: { texts: number } };
  /** Whatever is stored and cannot be read; of curves, those of the run that is shown. */
  listUnreadable: { input: { runId: string | null }; progress: never; output: readonly UnreadableRecord[] };
  /** A zip of what is stored for such a record, value by value, as it lies there. */
  exportRaw: { input: { key: string }; progress: Progress; output: { file: Blob; name: string } };
}

export interface GivenFile {
  file: File;
  name: string;
  /** What it is read as where two columns of it are learnt. */
  table?: TableChoice;
  reading?: Reading;
  /** Only begins like a table or JSON, and is neither. */
  isProse?: boolean;
}

export interface Sample {
  file: string;
  title: string;
  description: string;
  licence: string;
  characters: number;
  bytes: number;
  /** Words that models of it continue. */
  prompt?: string;
  /** A table, whose columns are called input and target: those are learnt. */
  pairs?: true;
  /** A table of texts with labels, to classify: its columns. */
  labels?: Extract<Columns, { text: string }>;
  /** Texts of each label. */
  counts?: readonly { label: string; count: number }[];
}

/** Something stored that this version cannot read. It is left as it is. */
export interface UnreadableRecord {
  key: string;
  /** 'A text': what it is, as it is called in a list. */
  name: string;
  /** Of it and of all that lies with it. */
  bytes: number;
  failure: Failure;
}
