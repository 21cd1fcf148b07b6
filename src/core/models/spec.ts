/** A model is a form, a table of parameters, and a function. Nothing else in the product knows its name. */
import { BLOCK_OF_8, type Resting, RESTINGS } from '../base/rest';
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
  /** Of several matrices side by side, each can have its own deviation: as many as `widths`. */
  init: 'ones' | 'zeros' | { std: number | readonly number[] };
  group: string;
  /** Weight decay applies: matrices yes; norms, biases and embeddings of position no. */
  decay: boolean;
  /** It has a row for each token. */
  perToken?: true;
  /** The matrix [in, out] of a linear layer, which an adapter may take the place of, and which Muon makes its steps for. */
  linear?: true;
  /** Columns of the matrices that lie side by side in it, such as q | k | v; absent where it is one. */
  widths?: readonly number[];
}
/** Every tensor the model owns, under the name it keeps in checkpoints and exports (Hugging Face's own names). */
export type ParamTable = Readonly<Record<string, Parameter>>;
/** As a forward pass sees them: layers of nn know what an adapter puts in a weight's place. */
export type Params = Readonly<Record<string, Tensor | Adapted>>;

/** Sizes that every architecture has: what the loop, the planner and the sampler need. */
export interface BaseConfig {
  layers: number;
  width: number;
  heads: number;
  context: number;
  /**
   * Whether the output layer has a matrix of its own instead of the token embedding. Not in the form: only imported models
   * have it.
   */
  untied?: true;
  /** It scores texts in place of tokens: a classifier. Not in the form either. */
  classes?: Classes;
}
/** What a classifier tells texts apart by. */
export interface Classes {
  /** In the order of their scores; one at least, two where a text has one of them. */
  labels: readonly string[];
  /** What of a text is scored. */
  pooling: Pooling;
  /** A text has any number of them, and each is judged by itself; absent: it has one. */
  several?: true;
  /** Reads texts longer than the context in windows, and averages their scores; absent: truncates them. */
  inWindows?: true;
}
/** Its first token, the mean of all, or its last token. */
export const POOLINGS = ['first', 'mean', 'last'] as const;
export type Pooling = (typeof POOLINGS)[number];
/** Whether one token of a row is scored: what the last layer would compute of the others after its attention is nobody's. */
export const isOneScored = ({ classes }: Pick<BaseConfig, 'classes'>): boolean =>
  classes !== undefined && classes.pooling !== 'mean';
/** What the form sets. */
export type SizeName<C extends BaseConfig = BaseConfig> = keyof Omit<C, 'untied' | 'classes'>;
/** Most are numbers; what an architecture can have or not is on or off; what it can have in several ways is one of their names. */
export type Size = number | boolean | string;
export type SizeField = NumberField | SwitchField | ChoiceField;
export type Sizes = Readonly<Record<string, Size>>;
type FieldOf<S> = [S] extends [boolean] ? SwitchField : [S] extends [string] ? ChoiceField<S> : NumberField;
type SizeFields<C extends BaseConfig> = {
  readonly [Name in SizeName<C>]-?: FieldOf<NonNullable<C[Name]>>;
};

/** All sizes of a config by their names, the architecture's own too: those of its `fields`. */
export function sizesOf({ untied: _, classes: __, ...sizes }: BaseConfig): Sizes {
  return sizes;
}

export interface SizeProblem<C extends BaseConfig = BaseConfig> {
  field: SizeName<C>;
  message: string;
  /** Where sizes don't fit one another: all of them, so that the one that was changed last can be named. */
  between?: readonly SizeName<C>[];
}

/** What is wrong with each size by itself. One that a config has not is what it was before there was such a size. */
export const sizeProblems = <C extends BaseConfig>(
  fields: SizeFields<C>,
  config: C,
): ReturnType<ModelSpec<C>['problems']> =>
  (Object.entries(fields) as [SizeName<C>, Field][]).flatMap(([field, stated]) => {
    const message = fieldProblem(stated, config[field] ?? stated.absent);
    return message === null ? [] : [{ field, message }];
  });

/** What a forward pass may depend on besides weights and ids. */
export interface ForwardContext {
  /** Probability of dropping, 0 when evaluating or sampling. */
  dropout: number;
  /** The same of the weights of attention; absent: 0. */
  attentionDropout?: number;
  /** int32 [2]: seed and step of the counter-based generator; absent when nothing is dropped. */
  counter?: Tensor;
  /** int32 [B]: tokens of each row, where what follows them is padding: no token sees it. Absent where rows are full. */
  lengths?: Tensor1D;
  /** Of a decoder: where rows hold several documents. No token sees another document's, and places are counted within each. */
  documents?: DocumentsInRows;
  /** The backward pass runs each block again instead of keeping its activations: less memory, a third more work. */
  recompute?: boolean;
  /** Of a classifier: f32 [B, T], what each token counts in what is scored of its row. */
  pool?: Tensor2D;
  /** What is known of the tokens before these; only where nothing learns. */
  cache?: Cache;
  hook?: Hook;
  /** By the names of weights, what stands in their place. */
  overrides?: Params;
}
/** One pass of an architecture. */
export interface Pass<C extends BaseConfig = BaseConfig> extends Omit<ForwardContext, 'overrides'> {
  config: C;
  params: Params;
}

/**
 * Receives an activation by name and returns its replacement: the same tensor, or another of its shape. In a captured program
 * it runs once, while the step is traced, and what it sees can be an output. Recomputed blocks call it again.
 */
export type Hook = (name: HookName, x: Tensor2D) => Tensor2D;
/** Those of an encoder that has a decoder after it are called `encoder.embedding`, and so on. */
export type HookName = Activation | `encoder.${Activation}`;
/** [B T, width] where nothing else is said. */
export type Activation =
  | 'embedding' // of tokens and positions: where the residual stream begins
  | `blocks.${number}.${BlockActivation}`
  | 'norm'; // after the last norm: what the classifier scores
export type BlockActivation =
  | 'attention.norm' // what attention reads
  | 'attention.qkv' // q | k | v, [B T, width + 2 K], heads contiguous inside
  | 'attention.heads' // what each head says, side by side
  | 'attention.out' // what attention adds to the stream
  | 'middle' // the stream after attention
  | 'cross.norm' // what attention to an encoder's output reads, where there is one; 'cross.*' mirror 'attention.*'
  | 'cross.q'
  | 'cross.kv' // k | v of the encoder's output, [B S, 2 K]
  | 'cross.heads'
  | 'cross.out'
  | 'cross.middle' // the stream after it
  | 'mlp.norm' // what the feed-forward reads
  | 'mlp.inner' // its neurons after their non-linearity, [B T, hidden]
  | 'mlp.out' // what it adds to the stream
  | 'out'; // the stream after the block

/** The classifier is applied by the loss (fused, chunked) or by the sampler (last row only). */
export interface Output {
  /** After the last norm, [B * T, width]; of a classifier what is scored of each row, [B, width]. */
  hidden: Tensor2D;
  /** [vocabulary, width]; of a classifier [labels, width]. */
  classifier: Tensor2D;
  /** [vocabulary] or [labels], added to the scores; 0 where it is not given. */
  bias?: Tensor1D;
}
/** ids [B, T] int32, T <= context. A decoder has `decode`, an encoder `encode`, and an encoder-decoder both. */
export interface Forward<C extends BaseConfig = BaseConfig> {
  encode?(pass: Pass<C>, ids: Tensor2D): Output;
  /** `memory`: of another text, as `encode` read it; its `classifier` is the embedding to look up, where the two share one. */
  decode?(pass: Pass<C>, ids: Tensor2D, memory?: Memory): Output;
  /** `Memory.keys`, of a decoder that can use them. */
  keys?(pass: Pass<C>, memory: Memory): readonly Tensor2D[];
}
/** What an encoder has made of a text: [B S, width], and how much of each row is text. */
export interface Memory extends Output {
  lengths?: Tensor1D;
  /** What each layer of the decoder attends to, keys | values [B S, 2 K], where they are known: they are the same for every token. */
  keys?: readonly Tensor2D[];
}

/** What it reads a token by: what came before it, all around it, or another text as well. */
export type ModelKind = 'decoder' | 'encoder' | 'encoder-decoder';

export interface ModelSpec<C extends BaseConfig = BaseConfig> {
  label: string;
  kind: ModelKind;
  /** Paper or code that defines the architecture. */
  source: string;
  fields: SizeFields<C>;
  /** Named shapes to begin with, small to large. */
  presets: readonly { name: string; config: C }[];
  /** The dial: a config of about `parameters` weights for a vocabulary. */
  sized(parameters: number, vocabulary: number): C;
  /** Its own sizes that go with these, where nobody sets them; what is absent has its field's first value. */
  usual?(config: BaseConfig): Partial<C>;
  /** Why this config cannot run, in one sentence a field; empty when it can. */
  problems(config: C): readonly SizeProblem<C>[];
  params(config: C, vocabulary: number): ParamTable;
  /**
   * The sizes of the same function as files of others have it, where those lack one of ours: the weights that only those sizes
   * have are 0 there. Absent where all of ours are known elsewhere.
   */
  elsewhere?(config: C): C;
  /** Architecture diagram next to the form. */
  picture(config: C, vocabulary: number): Picture;
  /** Name of the parameter [vocabulary, width], of a classifier [labels, width], that turns hidden states into scores. */
  classifier(config: C): string;
  /** How it tells texts apart; absent: it cannot. */
  classes?: {
    /** Where nobody says, and as transformers has it: it has no class for any other. */
    pooling: Pooling;
  };
  /** Columns of one head. */
  headWidth(config: C): number;
  /** Columns of a token's keys and values in one layer, for the cache of a model that writes. */
  cacheColumns(config: C): number;
  /** Floating-point operations of a forward pass per token, in a full context. A backward pass is two of them. */
  flops(config: C, vocabulary: number): number;
  /** Bytes of activations that a training step keeps, for the estimate before the start. */
  activationBytes(config: C, vocabulary: number, settings: { batch: number; recompute: boolean }): number;
  /** Bytes of the largest of those, which a GPU must be able to show a kernel at once. */
  largestActivationBytes(config: C, settings: { batch: number }): number;
  huggingFace?: HuggingFace<C>;
  gguf?: Gguf<C>;
  onnx?(): Promise<{ onnx: OnnxForwards<C> }>;
  /** Needs Hugging Face's names. The page itself finds the file by its name, page.ts. */
  page?(): Promise<{ page: PageForward<C> }>;
  /** Needs Hugging Face's names. */
  pytorch?: Pytorch;
  /** Lazy, so that a page can draw the form and count parameters without loading TensorFlow.js. */
  load(): Promise<{ forward: Forward<C> }>;
}

/** An architecture, seen through the sizes that all share: so the list is one line each, whatever their own. */
export const defineModel = <C extends BaseConfig>(spec: ModelSpec<C>): ModelSpec => spec as unknown as ModelSpec;

/** A config with these sizes. A size that isn't given is what the architecture derives from the others, else its field's initial value. */
export function usualConfig(spec: ModelSpec, sizes: Partial<BaseConfig> | Sizes): BaseConfig {
  const config = { ...initialValues<Fields>(spec.fields), ...sizes } as unknown as BaseConfig;
  return { ...config, ...spec.usual?.(config), ...sizes };
}

/** The nearest value of a size, smaller ones first, that has no problem; undefined where another size must change. */
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

/** How a matrix rests between products, which widen it. */
export type Rest = 'f32' | Resting;
export const RESTS = ['f32', ...RESTINGS] as const;

/**
 * Storage type of a frozen parameter; undefined for f32. Kernels need row lengths that are multiples of four, and q8 needs
 * whole blocks; otherwise f16.
 */
export function restingAs({ linear, shape }: Parameter, rest: Rest = 'f32'): Resting | undefined {
  if (rest === 'f32' || linear !== true || shape.some((size) => size % 4 !== 0)) return undefined;
  return rest === 'q8' && shape.at(-1)! % BLOCK_OF_8 === 0 ? 'q8' : 'f16';
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const countParams = (table: ParamTable): number =>
  Object.values(table).reduce((n, { shape }) => n + sizeOf(shape), 0);
/**
 * Weights that a token is multiplied with, on average over a full context: of a model that scores tokens all, as if its table were
 * the classifier's too. Of one that scores texts the head once a text, and where one token is scored what comes after its last attention.
 * @param after matches names of what comes after attention, its first group the number of the layer
 */
export function countMultiplied({ classes, layers, context }: BaseConfig, table: ParamTable, after: RegExp): number {
  if (!classes) return countParams(table);
  const isLast = (name: string): boolean => isOneScored({ classes }) && Number(after.exec(name)?.[1]) === layers - 1;
  return Object.entries(table).reduce((sum, [name, { shape, group, perToken }]) => {
    if (perToken) return sum;
    return sum + sizeOf(shape) / (group === 'Classifier' || isLast(name) ? context : 1);
  }, 0);
}
