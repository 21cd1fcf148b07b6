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

/** A trained model at a saved step, and all that is known of it: what every format is written from. */
export interface Exported {
  /** A name for files: `moby-dick-step-2600`. */
  name: string;
  info: RunInfo;
  /** At least every parameter of the model; moments where the format asks for them. */
  snapshot: Snapshot;
  tokenizer: Tokenizer;
  /** The run's curve. */
  events: readonly TrainEvent[];
  /** What its texts were cleaned by, where that is one recipe and is known: as a file of it has it. */
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

/** The parts that there are, with the borders of documents where they are kept. */
export interface Tokens {
  train: TokenisedPart;
  validation: TokenisedPart;
  test?: TokenisedPart;
}
export type TokenisedPart = TokenSource & Partial<Pick<PartSource, 'documents'>>;

/**
 * A way to write a model down: all that the page, the terminal and the workers know of it. One file of formats/ each, and
 * one line in its list. The page has the list too, so that what writes and reads is loaded when it is called.
 */
export interface Format {
  /** What a person gets. Formats of one card are the precisions in which it can be had. */
  card: Card;
  precision: Precision;
  /** `file`: exactly one stream, whose name ends like the format's files; `folder`: as many as it takes. */
  kind: 'file' | 'folder';
  /** The optimizer's moments belong in it: `always`, or where they are `asked` for. */
  moments?: 'always' | 'asked';
  /** What cannot be written in this format, in one sentence; null where everything can. */
  problem?(settings: FormatSettings): string | null;
  /** What it cannot say of a model, and what to do; what is between backticks is code. Null where it says all. */
  warning?(settings: FormatSettings): string | null;
  /** Bytes it will take, about, where they are not just those of the weights. */
  bytes?(known: Known): number;
  /** Sizes are known at once; tensors are converted piece by piece while the streams are read, never all together. */
  files(model: Exported, options: ExportOptions): Promise<readonly ByteStream[]> | readonly ByteStream[];
  /** Small companion files that a tool needs with a `file`. */
  sidecar?: Sidecar;
  /** Which second engine opens the file, and how close it has to come; null of what is no model by itself. */
  check: Check | null;
  /** The same of models for what is written otherwise. */
  checks?: Partial<Record<OutKind, Check | null>>;
}
export const checkOf = ({ check, checks }: Format, model: Pick<ModelChoice, 'id' | 'config'>): Check | null =>
  checks?.[kindOf(model)] ?? check;
export const withMoments = ({ moments }: Format, areAsked: boolean): boolean =>
  moments === 'always' || (moments === 'asked' && areAsked);

/** Of formats whose reader knows byte-level tokenizers alone, in one sentence. */
export const tokenizerProblem = (what: string, kind: TokenizerKind): string | null =>
  isApplied(kind)
    ? `${what} supports only byte-level tokenizers, and this one is ${APPLIED_WORDS[kind]}. The Hugging Face folder keeps it unchanged.`
    : null;

/** A card of the page, a line of the terminal's help, and a part of the README. */
export interface Card {
  /** As in "Download GGUF". */
  name: string;
  /** As in "Export page"; absent: the name. */
  object?: string;
  purpose: string;
  /** Drawn next to the purpose; absent: a file. */
  icon?: 'send' | 'chat' | 'code' | 'globe' | 'server' | 'grid';
  /** The page shows the run's last sample as this file shows it. */
  showsSample?: true;
  /** As in "opens in"; and the same for models that open elsewhere. */
  opensIn: string;
  opensThis?(model: Pick<ModelChoice, 'id' | 'config'>): string | undefined;
  holds: string;
  /** Another line for those who take it; what is between backticks is code. */
  note?: string;
  /** It has no card of its own, but a line on another's. */
  onCard?: Line & { card: Card };
  /** Lines for the README that can be run, each with the file or folder that it needs. */
  howToLoad?(facts: LoadFacts): readonly Snippet[];
  /** Where no line is to be run: how to load it, in a sentence. */
  opening?: string;
}

/** A secondary action on a card: "Modelfile  for Ollama, next to the file". */
export interface Line {
  /** The whole of the action, for screen readers: "Download the Modelfile for Ollama". */
  action: string;
  text: string;
  hint: string;
}

export interface Sidecar extends Line {
  /** `file`: what the file that they are for is called. */
  files(info: RunInfo, file: string): Promise<readonly ByteStream[]>;
}

/** Bits a weight, those of scales too, and what they are called. */
export interface Precision {
  label: string;
  bits: number;
}
export const F32: Precision = { label: 'F32', bits: 32 };
export const F16: Precision = { label: 'F16', bits: 16 };

/** What is known of a file before it is written. */
export interface Known {
  model: ModelChoice;
  parameters: number;
  /** Bytes of the saved step with moments; includes frozen weights. */
  saved: number;
  /** Parameters of an adapter. */
  added?: number;
  /** Tokens of data that is still stored. */
  tokens: number;
  withOptimizer: boolean;
  /** Steps that the run's curve has. */
  steps: number;
}
export const expectedBytes = (format: Format, known: Known): number =>
  format.bytes?.(known) ?? weightBytes(format.precision, known);
export const weightBytes = ({ bits }: Precision, { parameters }: Pick<Known, 'parameters'>): number =>
  (bits / 8) * parameters;
/** Bytes of an adapter with its configuration; 0 if there is none. */
export const adapterBytes = ({ added = 0 }: Pick<Known, 'added'>): number => (added === 0 ? 0 : 4 * added + 4000);
/** Of a Hugging Face folder's files that tell of the model and of no run: README and its kin, the tokenizer by its entries. */
export const describingBytes = ({ model: { vocabulary } }: Pick<Known, 'model'>): number =>
  10_400 + 28 * Math.max(0, vocabulary - BYTES);
/** And of those that tell of its run, the curve by its steps. */
export const tellingBytes = (known: Pick<Known, 'model' | 'steps'>): number =>
  describingBytes(known) + 2900 + 300 * known.steps;
/** Entries that are bytes, which no merge makes. */
export const BYTES = 256;

/** `GGUF, F16: for llama.cpp, LM Studio, Ollama` */
export const formatWords = ({ card, precision }: Format): string =>
  `${card.name}, ${precision.label}: for ${card.opensIn}`;

export interface LoadFacts {
  use: OutKind;
  /** What reads tokens in it: of a classifier not what it is for. */
  kind: ModelKind;
  /** transformers has a class that opens it. */
  isInTransformers: boolean;
  prompt: string;
  /** That fit into the context after the prompt. */
  tokens: number;
  /** It has a chat template. */
  chats: boolean;
  /** Of a classifier whose texts may have several labels: how likely, 0 to 1, one is to be. */
  likely?: number;
}

export interface Snippet {
  /** As in "Python, with the Hugging Face folder". */
  title: string;
  language: 'python' | 'js' | 'sh';
  code: string;
}

export interface ExportOptions {
  withOptimizer: boolean;
  /** The text of a file under public/templates: what a format carries along besides the model. */
  template(path: string): Promise<string>;
}
