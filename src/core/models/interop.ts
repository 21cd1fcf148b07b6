/** Descriptions of an architecture for external formats; a format without one can't be exported. */
import type { Json } from '../base/blobStore';
import type { z } from '../base/zod';
import type { GraphBuilder } from '../onnx/graph';
import type { Layout, Piece } from './layout';
import type { BaseConfig } from './spec';

/** Config and vocabulary size of one architecture. */
export interface Sized<C extends BaseConfig = BaseConfig> {
  config: C;
  vocabulary: number;
}

/** Dropout probabilities in training, from the recipe; absent if there is no recipe. */
export type Dropped = { readonly dropout: number; readonly attentionDropout: number };

/** Ids of special tokens in a config.json; `padding` if the tokenizer has one. */
export interface NamedIds {
  begin: number;
  end: number;
  padding?: number;
}

/** Tensor of a file that duplicates another tensor of it; both by their names in the file. */
export interface Copy {
  name: string;
  of: string;
  /** Written too, because other programs need it. */
  isWritten?: true;
}

/** Support for transformers. */
export interface HuggingFace<C extends BaseConfig = BaseConfig> {
  /** Values of `model_type` that `schema` reads; the first is the most common. */
  types: readonly [string, ...string[]];
  /** Returns why transformers has no class for such a model, in one sentence; null if it has one. */
  problem?(config: C): string | null;
  /** Returns config.json, with the `model_type` of a class for these sizes, or null if there is none. */
  config(model: Sized<C>, ids: NamedIds, dropped?: Dropped): Record<string, Json>;
  /** Reads a config.json as ours and refuses unsupported settings; sizes aren't checked yet. */
  schema: z.ZodType<Sized<C>>;
  /** Completes the sizes from the names of a file's tensors, beyond config.json. */
  seen?(config: C, names: ReadonlySet<string>): C;
  /** Returns our name of a tensor in an external file; null if it holds no weights of its own. */
  rename?(name: string, config: C): string | null;
  /** Duplicate tensors that files may also contain. */
  copies?(config: C): readonly Copy[];
  /** Optional tensors, by name prefix: if missing, they are initialized randomly; `words` follow "It comes without". */
  head?: { prefix: string; words: string };
  /** Absent if names, shapes and order equal ours. */
  layout?(config: C): Layout;
}

/** Support for llama.cpp. */
export interface Gguf<C extends BaseConfig = BaseConfig> {
  /** Value of `general.architecture`, and prefix of the size keys. */
  name(config: C): string;
  /** Returns why llama.cpp can't run such a model, in one sentence; null if it can. */
  problem?(config: C): string | null;
  sizes(model: Sized<C>): Readonly<Record<string, { u32: number } | { f32: number }>>;
  /** Support for reading external files; absent if there is none. */
  reads?: {
    /** Values of `general.architecture`. */
    names: readonly [string, ...string[]];
    /**
     * Reads a file's keys, without the architecture prefix, as ours, and refuses unsupported settings; sizes aren't
     * checked yet. Extra inputs: `architecture` (the prefix), `vocabulary` (number of tokens), `tensors` (names).
     */
    schema: z.ZodType<Sized<C>>;
  };
  layout(config: C): Layout<GgufPiece>;
}
export interface GgufPiece extends Piece {
  /** Always written at full precision. */
  full?: boolean;
}

/** Support for PyTorch: a module whose parameters have Hugging Face's names. */
export interface Pytorch {
  /** `model.py` of the export, as a path under public/templates. */
  file: string;
  /** Class in that file: built from config.json, returns logits for ids. */
  class: string;
  /** List of its blocks, which FSDP shards one by one; transformers has it under the same name. */
  blocks: string;
}

/** Builds ONNX operators for generation in transformers.js; gets weights by our names. */
export type OnnxForward<C extends BaseConfig = BaseConfig> = (g: GraphBuilder, model: Sized<C>) => void;
/** One graph, or several by file name. */
export type OnnxForwards<C extends BaseConfig = BaseConfig> = OnnxForward<C> | Readonly<Record<string, OnnxForward<C>>>;
