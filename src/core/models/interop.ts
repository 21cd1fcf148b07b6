/** What an architecture is elsewhere: what formats ask of it. One that it does not state cannot be written. */
import type { Json } from '../base/blobStore';
import type { z } from '../base/zod';
import type { GraphBuilder } from '../onnx/graph';
import type { Layout, Piece } from './layout';
import type { BaseConfig } from './spec';

/** A size and a vocabulary of one architecture. */
export interface Sized<C extends BaseConfig = BaseConfig> {
  config: C;
  vocabulary: number;
}

/** What is left out while a model learns, as its recipe has it; nothing where it has not. */
export type Dropped = { readonly dropout: number; readonly attentionDropout: number };

/** Ids of special tokens that a config.json names; `padding` where the tokenizer has one. */
export interface NamedIds {
  begin: number;
  end: number;
  padding?: number;
}

/** A tensor of a file that is the same as another of it, both by their names there. */
export interface Copy {
  name: string;
  of: string;
  /** Others miss it where it is not there, so it is written too. */
  isWritten?: true;
}

/** As transformers has it. */
export interface HuggingFace<C extends BaseConfig = BaseConfig> {
  /** Those of `model_type` that `schema` reads; the first is the most usual. */
  types: readonly [string, ...string[]];
  /** Why no class there is such a model, in one sentence; null where one is. */
  problem?(config: C): string | null;
  /** config.json, with the `model_type` of a class there that these sizes are of, or null where there is none. */
  config(model: Sized<C>, ids: NamedIds, dropped?: Dropped): Record<string, Json>;
  /** Reads a config.json as ours, and refuses what we cannot run; sizes are not yet checked. */
  schema: z.ZodType<Sized<C>>;
  /** What the names of a file's tensors tell of the sizes beyond config.json. */
  seen?(config: C, names: ReadonlySet<string>): C;
  /** The name in our files of a tensor in a file of others; null for what holds no weights of its own. */
  rename?(name: string, config: C): string | null;
  /** What files may hold besides. */
  copies?(config: C): readonly Copy[];
  /** What files may lack: the tensors whose names begin so are then drawn, as a new model's; `words` follow "It comes without". */
  head?: { prefix: string; words: string };
  /** Absent where names, shapes and all are ours. */
  layout?(config: C): Layout;
}

/** As llama.cpp has it. */
export interface Gguf<C extends BaseConfig = BaseConfig> {
  /** `general.architecture`, and what the keys of its sizes begin with. */
  name(config: C): string;
  /** Why llama.cpp cannot run such a model, in one sentence; null where it can. */
  problem?(config: C): string | null;
  sizes(model: Sized<C>): Readonly<Record<string, { u32: number } | { f32: number }>>;
  /** Files of others; absent where none are read. */
  reads?: {
    /** Of `general.architecture`. */
    names: readonly [string, ...string[]];
    /**
     * Reads a file's keys, without that name before them, as ours, and refuses what we cannot run; sizes are not yet checked.
     * Given besides are `architecture`, that name; `vocabulary`, how many tokens there are; and `tensors`, what they are called.
     */
    schema: z.ZodType<Sized<C>>;
  };
  layout(config: C): Layout<GgufPiece>;
}
export interface GgufPiece extends Piece {
  /** It is never written with fewer bits. */
  full?: boolean;
}

/** As a module of PyTorch, whose parameters have Hugging Face's names. */
export interface Pytorch {
  /** The hand-over's `model.py`: where it is under public/templates. */
  file: string;
  /** Of that file: made from config.json, and called with ids gives logits. */
  class: string;
  /** The list of its blocks, which FSDP cuts one by one; transformers has it under the same name. */
  blocks: string;
}

/** As operators of ONNX, for what transformers.js generates by; weights are asked for by our names. */
export type OnnxForward<C extends BaseConfig = BaseConfig> = (g: GraphBuilder, model: Sized<C>) => void;
/** One graph, or several by the names of their files. */
export type OnnxForwards<C extends BaseConfig = BaseConfig> = OnnxForward<C> | Readonly<Record<string, OnnxForward<C>>>;
