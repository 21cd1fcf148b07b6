import type { Snapshot } from '../checkpoint/snapshot';
import type { ByteStream } from '../files/byteSource';
import type { ModelKind } from '../models/spec';
import type { PartSource, TokenSource } from '../shards/manifest';
import { APPLIED_WORDS, isApplied, type Tokenizer, type TokenizerKind } from '../tokenizer/tokenizer';
import type { ModelChoice, TrainEvent } from '../train/run';
import type { Check } from '../verify/check';
import type { FormatSettings } from './formatSettings';
import type { RunInfo } from './homegrownJson';
import { type OutKind, kindOf } from './kinds';

/** A trained model at a saved step, with its run: the input of every format. */
export interface Exported {
  /** A name for files: `moby-dick-step-2600`. */
  name: string;
  info: RunInfo;
  /** At least every parameter of the model; moments where the format asks for them. */
  snapshot: Snapshot;
  tokenizer: Tokenizer;
  /** The run's curve. */
  events: readonly TrainEvent[];
  /** Recipe that cleaned the texts, as in a recipe file; absent if there are several, or it is unknown. */
  recipe?: object;
  /** Tokenized text, if it is still stored. */
  tokens: Tokens | null;
  /** All formats: the README says how to load each. */
  formats: readonly Format[];
}

/**
 * Recipe that cleaned the texts, in a model's folder. A run can resume with it from files, and new texts can be cleaned
 * alike.
 */
export const RECIPE_FILE = 'recipe.json';

/** Parts of the data, with document borders where those are stored. */
export interface Tokens {
  train: TokenisedPart;
  validation: TokenisedPart;
  test?: TokenisedPart;
}
export type TokenisedPart = TokenSource & Partial<Pick<PartSource, 'documents'>>;

/**
 * Export format: all that the page, the terminal and the workers know about one. To add a format, write its file in
 * formats/ and add a line to the list there. The page imports the list too, so writers and readers load when they are
 * called.
 */
export interface Format {
  /** The exported product. Formats on one card are its available precisions. */
  card: Card;
  precision: Precision;
  /** `file`: exactly one stream, whose name ends like the format's files; `folder`: any number. */
  kind: 'file' | 'folder';
  /** Whether optimizer moments are included: `always`, or when they are `asked` for. */
  moments?: 'always' | 'asked';
  /** Reason why these settings can't be exported in this format, in one sentence; null if they can. */
  problem?(settings: FormatSettings): string | null;
  /**
   * What the format can't express about a model, and what to do about it; text between backticks is code. Null if the
   * format expresses everything.
   */
  warning?(settings: FormatSettings): string | null;
  /** Estimated bytes; absent if they are just those of the weights. */
  bytes?(known: Known): number;
  /** Stream sizes are known before reading. Reading the streams converts tensors piece by piece, never all together. */
  files(model: Exported, options: ExportOptions): Promise<readonly ByteStream[]> | readonly ByteStream[];
  /** Small companion files that a tool needs with a `file`. */
  sidecar?: Sidecar;
  /** Second engine that opens the file, and its tolerance; null if the export is no complete model. */
  check: Check | null;
  /** Reader that checks a written export (jobs/verifyExport); absent if there is none. */
  secondReader?: SecondReader;
  /** Overrides of `check` for kinds of models. */
  checks?: Partial<Record<OutKind, Check | null>>;
}
/** `bundle`: a folder within a folder; `gguf` also in a folder, if it has such a file. */
export type SecondReader = 'folder' | 'bundle' | 'gguf' | 'safetensors' | 'page' | 'adapter';
export const checkOf = ({ check, checks }: Format, model: Pick<ModelChoice, 'id' | 'config'>): Check | null =>
  checks?.[kindOf(model)] ?? check;
export const withMoments = ({ moments }: Format, areAsked: boolean): boolean =>
  moments === 'always' || (moments === 'asked' && areAsked);

/** Reason in one sentence, for formats whose readers only support byte-level tokenizers. */
export const tokenizerProblem = (what: string, kind: TokenizerKind): string | null =>
  isApplied(kind)
    ? `${what} supports only byte-level tokenizers, and this one is ${APPLIED_WORDS[kind]}. The Hugging Face folder keeps it unchanged.`
    : null;

/** A card on the page, a line in the terminal's help, and a section of the README. */
export interface Card {
  /** Name, as in "Download GGUF". */
  name: string;
  /** Object, as in "Export page"; absent: the name. */
  object?: string;
  purpose: string;
  /** Icon next to the purpose; absent: a file. */
  icon?: 'send' | 'chat' | 'code' | 'globe' | 'server' | 'grid';
  /** The page shows the run's last sample in the look of this file. */
  showsSample?: true;
  /** Tools, as in "opens in"; `opensThis` replaces them for models that open elsewhere. */
  opensIn: string;
  opensThis?(model: Pick<ModelChoice, 'id' | 'config'>): string | undefined;
  holds: string;
  /** Another line for people who choose it; text between backticks is code. */
  note?: string;
  /** Set if the format has no card of its own, but a line on another card. */
  onCard?: Line & { card: Card };
  /** Runnable lines for the README, each with the file or folder that it needs. */
  howToLoad?(facts: LoadFacts): readonly Snippet[];
  /** Loading instructions in a sentence, where there is no line to run. */
  opening?: string;
}

/** A secondary action on a card: "Modelfile  for Ollama, next to the file". */
export interface Line {
  /** Full action for screen readers: "Download the Modelfile for Ollama". */
  action: string;
  text: string;
  hint: string;
}

export interface Sidecar extends Line {
  /** `file`: name of the file that they belong to. */
  files(info: RunInfo, file: string): Promise<readonly ByteStream[]>;
}

/** Bits per weight, including scales, and the precision's name. */
export interface Precision {
  label: string;
  bits: number;
}
export const F32: Precision = { label: 'F32', bits: 32 };
export const F16: Precision = { label: 'F16', bits: 16 };

/** Properties of a model before its export. */
export interface Known {
  model: ModelChoice;
  parameters: number;
  /** Bytes of the saved step with moments; includes frozen weights. */
  saved: number;
  /** Parameters of an adapter. */
  added?: number;
  /** Tokens of the data, if those are still stored. */
  tokens: number;
  withOptimizer: boolean;
  /** Steps of the run's curve. */
  steps: number;
}
export const expectedBytes = (format: Format, known: Known): number =>
  format.bytes?.(known) ?? weightBytes(format.precision, known);
export const weightBytes = ({ bits }: Precision, { parameters }: Pick<Known, 'parameters'>): number =>
  (bits / 8) * parameters;
/** Bytes of an adapter with its configuration; 0 if there is none. */
export const adapterBytes = ({ added = 0 }: Pick<Known, 'added'>): number => (added === 0 ? 0 : 4 * added + 4000);
/**
 * Bytes of a Hugging Face folder's files that describe the model without its run: README and others, and the tokenizer by its
 * entries.
 */
export const describingBytes = ({ model: { vocabulary } }: Pick<Known, 'model'>): number =>
  10_400 + 28 * Math.max(0, vocabulary - BYTES);
/** Bytes of the files that describe a model and its run; the curve by its steps. */
export const tellingBytes = (known: Pick<Known, 'model' | 'steps'>): number =>
  describingBytes(known) + 2900 + 300 * known.steps;
/** Number of single-byte entries of the vocabulary, which need no merges. */
export const BYTES = 256;

/** `GGUF, F16: for llama.cpp, LM Studio, Ollama` */
export const formatWords = ({ card, precision }: Format): string =>
  `${card.name}, ${precision.label}: for ${card.opensIn}`;

export interface LoadFacts {
  use: OutKind;
  /** Architecture kind, which decides how the body reads tokens, also in a classifier. */
  kind: ModelKind;
  /** Whether transformers has a class that opens it. */
  isInTransformers: boolean;
  prompt: string;
  /** Tokens that fit into the context after the prompt. */
  tokens: number;
  /** Whether it has a chat template. */
  chats: boolean;
  /** Threshold of a label, 0 to 1, for a classifier whose texts may have several labels. */
  likely?: number;
}

export interface Snippet {
  /** Title, as in "Python, with the Hugging Face folder". */
  title: string;
  language: 'python' | 'js' | 'sh';
  code: string;
}

export interface ExportOptions {
  withOptimizer: boolean;
  /** Text of a file under public/templates, for formats that include code. */
  template(path: string): Promise<string>;
}
