/** A model is a form, a table of parameters, and a function. The rest of the product doesn't know its name. */
import { BLOCK_OF_8, type NarrowDtype, NARROW_DTYPES } from '../base/narrowDtype';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import {
  type ChoiceField,
  type Field,
  fieldProblem,
  type Fields,
  initialValues,
  type NumberField,
  type SwitchField,
} from '../base/field';
import type { Cache, DocumentsInRows } from '../nn/cache';
import type { Adapted } from '../nn/layers';
import type { Gguf, HuggingFace, OnnxForwards, Pytorch } from './interop';
import type { PageForward } from './page';
import type { Picture } from './picture';

/** `group` groups rows for the breakdown next to the form: 'Token embedding', 'Attention', ... */
export interface Parameter {
  shape: readonly number[];
  /** Joined matrices can each have their own standard deviation: as many as `widths`. */
  init: 'ones' | 'zeros' | { std: number | readonly number[] };
  group: string;
  /** Whether weight decay applies: to matrices, but not to norms, biases and position embeddings. */
  decay: boolean;
  /** Has a row for each token. */
  perToken?: true;
  /** The matrix [in, out] of a linear layer, which adapters can target and Muon optimizes. */
  linear?: true;
  /** Columns of the matrices that are joined in it, such as q | k | v; absent for a single one. */
  widths?: readonly number[];
}
/** Every tensor the model owns, under the name it keeps in checkpoints and exports (Hugging Face's own names). */
export type ParamTable = Readonly<Record<string, Parameter>>;
/** Parameters in a forward pass: layers of nn handle weights with adapters. */
export type Params = Readonly<Record<string, Tensor | Adapted>>;

/** Sizes of every architecture that the training loop, the planner and the sampler need. */
export interface BaseConfig {
  layers: number;
  width: number;
  heads: number;
  context: number;
  /**
   * Whether the output layer has its own matrix instead of the token embedding. Not in the form: only imported models
   * have it.
   */
  untied?: true;
  /** Scores texts instead of tokens: a classifier. Not in the form either. */
  classes?: Classes;
}
/** Classes and settings of a classifier. */
export interface Classes {
  /** In the order of their scores; at least one, or two if a text has exactly one. */
  labels: readonly string[];
  /** Hidden states of a text to score. */
  pooling: Pooling;
  /** A text may have any number of labels, each decided alone; absent: exactly one. */
  several?: true;
  /** Reads texts longer than the context in windows, and averages their scores; absent: truncates them. */
  inWindows?: true;
}
/** First token, mean of all, or last token. */
export const POOLINGS = ['first', 'mean', 'last'] as const;
export type Pooling = (typeof POOLINGS)[number];
/** Whether only one token of a row is scored: then the last layer can skip the others after its attention. */
export const isOneScored = ({ classes }: Pick<BaseConfig, 'classes'>): boolean =>
  classes !== undefined && classes.pooling !== 'mean';
/** Sizes that the form sets. */
export type SizeName<C extends BaseConfig = BaseConfig> = keyof Omit<C, 'untied' | 'classes'>;
/** Usually a number; a boolean for an optional feature, or the name of a variant. */
export type Size = number | boolean | string;
export type SizeField = NumberField | SwitchField | ChoiceField;
export type Sizes = Readonly<Record<string, Size>>;
type FieldOf<S> = [S] extends [boolean] ? SwitchField : [S] extends [string] ? ChoiceField<S> : NumberField;
type SizeFields<C extends BaseConfig> = {
  readonly [Name in SizeName<C>]-?: FieldOf<NonNullable<C[Name]>>;
};

/** All sizes of a config by name, including the architecture's own `fields`. */
export function sizesOf({ untied: _, classes: __, ...sizes }: BaseConfig): Sizes {
  return sizes;
}

export interface SizeProblem<C extends BaseConfig = BaseConfig> {
  field: SizeName<C>;
  message: string;
  /** Sizes that don't fit together: all of them, so that the one changed last can be named. */
  between?: readonly SizeName<C>[];
}

/** Problems of each size alone. A missing size has its behavior from before that size existed. */
export const sizeProblems = <C extends BaseConfig>(
  fields: SizeFields<C>,
  config: C,
): ReturnType<ModelSpec<C>['problems']> =>
  (Object.entries(fields) as [SizeName<C>, Field][]).flatMap(([field, stated]) => {
    const message = fieldProblem(stated, config[field] ?? stated.absent);
    return message === null ? [] : [{ field, message }];
  });

/** Inputs of a forward pass besides weights and ids. */
export interface ForwardContext {
  /** Dropout probability; 0 in evaluation and sampling. */
  dropout: number;
  /** Dropout probability of attention weights; absent: 0. */
  attentionDropout?: number;
  /** int32 [2]: seed and step of the counter-based generator; absent without dropout. */
  counter?: Tensor;
  /** int32 [B]: tokens of each row; no token attends to the padding after them. Absent for full rows. */
  lengths?: Tensor1D;
  /** For a decoder with several documents per row: attention stays within a document, and positions restart at each. */
  documents?: DocumentsInRows;
  /** Recomputes each block in the backward pass instead of storing its activations: less memory, a third more work. */
  recompute?: boolean;
  /** For a classifier: f32 [B, T], weight of each token in its row's pooled state. */
  pool?: Tensor2D;
  /** Keys and values of earlier tokens; inference only. */
  cache?: Cache;
  hook?: Hook;
  /** With a hook: attention runs op by op, and the hook receives its weights too. They take heads T² numbers per row. */
  unfusedAttention?: boolean;
  /** Replacements of weights, by name. */
  overrides?: Params;
}
/** A forward pass of an architecture. */
export interface Pass<C extends BaseConfig = BaseConfig> extends Omit<ForwardContext, 'overrides'> {
  config: C;
  params: Params;
}

/**
 * Receives an activation by name and returns its replacement: the same tensor, or another of its shape. In a captured
 * program it runs once, while the step is traced, and activations can be outputs. Recomputed blocks call it again.
 */
export type Hook = (name: HookName, x: Tensor2D) => Tensor2D;
/** Names with a prefix for the encoder of an encoder-decoder: `encoder.embedding`, and so on. */
export type HookName = Activation | `encoder.${Activation}`;
/** Shape [B T, width] unless stated otherwise. */
export type Activation =
  | 'embedding' // of tokens and positions: where the residual stream begins
  | `blocks.${number}.${BlockActivation}`
  | 'norm'; // after the last norm: input of the output layer
export type BlockActivation =
  | 'attention.norm' // input of attention
  | 'attention.qkv' // q | k | v, [B T, width + 2 K], heads contiguous inside
  | 'attention.weights' // after the softmax, [B heads T, T], only with `unfusedAttention`; 0 where nothing is seen
  | 'attention.heads' // outputs of all heads, concatenated
  | 'attention.out' // output of attention, added to the stream
  | 'middle' // stream after attention
  | 'cross.norm' // input of cross-attention, in a decoder with an encoder; 'cross.*' mirror 'attention.*'
  | 'cross.q'
  | 'cross.kv' // k | v of the encoder's output, [B S, 2 K]
  | 'cross.weights' // [B heads T, S]
  | 'cross.heads'
  | 'cross.out'
  | 'cross.middle' // stream after cross-attention
  | 'mlp.norm' // input of the feed-forward
  | 'mlp.inner' // neurons after the activation function, [B T, hidden]
  | 'mlp.out' // output of the feed-forward, added to the stream
  | 'out'; // stream after the block

/** The loss (fused, chunked) or the sampler (last row only) applies the output layer. */
export interface Output {
  /** After the last norm, [B * T, width]; for a classifier the pooled rows, [B, width]. */
  hidden: Tensor2D;
  /** [vocabulary, width]; for a classifier [labels, width]. */
  classifier: Tensor2D;
  /** [vocabulary] or [labels], added to the scores; absent: 0. */
  bias?: Tensor1D;
}
/** ids [B, T] int32, T <= context. A decoder has `decode`, an encoder `encode`, and an encoder-decoder both. */
export interface Forward<C extends BaseConfig = BaseConfig> {
  encode?(pass: Pass<C>, ids: Tensor2D): Output;
  /** `memory`: the encoded text; its `classifier` is the embedding table, if the two share one. */
  decode?(pass: Pass<C>, ids: Tensor2D, memory?: Memory): Output;
  /** Computes `Memory.keys`, if the decoder can use them. */
  keys?(pass: Pass<C>, memory: Memory): readonly Tensor2D[];
}
/** Encoded text: [B S, width], and the number of its tokens in each row. */
export interface Memory extends Output {
  lengths?: Tensor1D;
  /** Cross-attention keys | values [B S, 2 K] of each decoder layer, if precomputed; the same for every token. */
  keys?: readonly Tensor2D[];
}

/** Context of a prediction: the tokens before it, all around it, or another text as well. */
export type ModelKind = 'decoder' | 'encoder' | 'encoder-decoder';

export interface ModelSpec<C extends BaseConfig = BaseConfig> {
  label: string;
  kind: ModelKind;
  /** Paper or code that defines the architecture. */
  source: string;
  fields: SizeFields<C>;
  /** Named configs, small to large. */
  presets: readonly { name: string; config: C }[];
  /** Returns a config of about `parameters` weights for a vocabulary. */
  sized(parameters: number, vocabulary: number): C;
  /** Default values of its own sizes for these ones; absent sizes have their field's initial value. */
  usual?(config: BaseConfig): Partial<C>;
  /** Problems of this config, one sentence per field; empty if it can run. */
  problems(config: C): readonly SizeProblem<C>[];
  params(config: C, vocabulary: number): ParamTable;
  /**
   * Sizes of an equivalent model for other programs, if those lack one of our sizes: the extra weights are 0. Absent if
   * all of our sizes exist there.
   */
  elsewhere?(config: C): C;
  /** Architecture diagram next to the form. */
  picture(config: C, vocabulary: number): Picture;
  /** Name of the output matrix [vocabulary, width], of a classifier [labels, width], applied to hidden states. */
  classifier(config: C): string;
  /** Support for classification; absent: none. */
  classes?: {
    /** Default pooling, and the only one in transformers' classes. */
    pooling: Pooling;
  };
  /** Columns per head. */
  headWidth(config: C): number;
  /** Columns of a token's keys and values in one layer, for the cache of a generating model. */
  cacheColumns(config: C): number;
  /** Floating-point operations per token of a forward pass with a full context. A backward pass takes twice as many. */
  flops(config: C, vocabulary: number): number;
  /** Bytes of activations stored in a training step, for the estimate before training. */
  activationBytes(config: C, vocabulary: number, settings: { batch: number; recompute: boolean }): number;
  /** Bytes of the largest activation, which a GPU must bind as one buffer. */
  largestActivationBytes(config: C, settings: { batch: number }): number;
  huggingFace?: HuggingFace<C>;
  gguf?: Gguf<C>;
  onnx?(): Promise<{ onnx: OnnxForwards<C> }>;
  /** Needs Hugging Face's names. The page finds the file by its name, page.ts. */
  page?(): Promise<{ page: PageForward<C> }>;
  /** Needs Hugging Face's names. */
  pytorch?: Pytorch;
  /** Loads lazily, so that a page can draw the form and count parameters without TensorFlow.js. */
  load(): Promise<{ forward: Forward<C> }>;
}

/** Casts an architecture to the common type, so that each is one line in the list. */
export const defineModel = <C extends BaseConfig>(spec: ModelSpec<C>): ModelSpec => spec as unknown as ModelSpec;

/** Config with these sizes. Missing sizes are derived by the architecture, or else have their field's initial value. */
export function usualConfig(spec: ModelSpec, sizes: Partial<BaseConfig> | Sizes): BaseConfig {
  const config = { ...initialValues<Fields>(spec.fields), ...sizes } as unknown as BaseConfig;
  return { ...config, ...spec.usual?.(config), ...sizes };
}

/** Nearest value of a size without a problem, smaller ones first; undefined if another size must change. */
export function nearestSize(spec: ModelSpec, config: BaseConfig, name: string): Size | undefined {
  const stated = (spec.fields as Readonly<Record<string, SizeField>>)[name]!;
  const isFine = (value: Size): boolean =>
    !spec
      .problems({ ...config, [name]: value })
      .some(({ field, between = [field] }) => (between as readonly string[]).includes(name));
  if (stated.kind === 'switch') return [false, true].find(isFine);
  if (stated.kind === 'choice') return Object.keys(stated.of).find(isFine);
  const { min, max, kind } = stated;
  const now = sizesOf(config)[name] as number;
  const within = Math.min(max, Math.max(min, (kind === 'whole' ? Math.round(now) : now) || min));
  for (let value = within; value >= min; value--) if (isFine(value)) return value;
  for (let value = within + 1; value <= max; value++) if (isFine(value)) return value;
  return undefined;
}

/** Storage type of a frozen matrix, which products widen. */
export type FrozenDtype = 'f32' | NarrowDtype;
export const FROZEN_DTYPES = ['f32', ...NARROW_DTYPES] as const;

/**
 * Storage type of a frozen parameter; undefined for f32. Kernels need row lengths that are multiples of four, and q8
 * needs whole blocks; otherwise f16.
 */
export function narrowDtypeFor({ linear, shape }: Parameter, rest: FrozenDtype = 'f32'): NarrowDtype | undefined {
  if (rest === 'f32' || linear !== true || shape.some((size) => size % 4 !== 0)) return undefined;
  return rest === 'q8' && shape.at(-1)! % BLOCK_OF_8 === 0 ? 'q8' : 'f16';
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const countParams = (table: ParamTable): number =>
  Object.values(table).reduce((n, { shape }) => n + sizeOf(shape), 0);
/**
 * Weights that multiply a token, on average over a full context. A language model counts all, with tied embeddings as
 * the output layer. A classifier's head counts once per text. If one token is scored, so do the weights after the last
 * attention.
 * @param after matches names of weights after attention; its first group is the layer number
 */
export function countMultiplied({ classes, layers, context }: BaseConfig, table: ParamTable, after: RegExp): number {
  if (!classes) return countParams(table);
  const isLast = (name: string): boolean => isOneScored({ classes }) && Number(after.exec(name)?.[1]) === layers - 1;
  return Object.entries(table).reduce((sum, [name, { shape, group, perToken }]) => {
    if (perToken) return sum;
    return sum + sizeOf(shape) / (group === 'Classifier' || isLast(name) ? context : 1);
  }, 0);
}
