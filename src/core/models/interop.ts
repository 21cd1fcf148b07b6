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

/** As transformers has it. */
export interface HuggingFace<C extends BaseConfig = BaseConfig> {
  /** `model_type` in config.json. */
  type: string;
  config(model: Sized<C>, endOfText: number, dropout: number): Record<string, Json>;
  /** Reads a config.json as ours, and refuses what we cannot run; sizes are not yet checked. */
  schema: z.ZodType<Sized<C>>;
  /** The name in our files of a tensor in a file of others; null for what holds no weights of its own. */
  rename?(name: string): string | null;
  /** Absent where names, shapes and all are ours. */
  layout?(config: C): Layout;
}

/** As llama.cpp has it. */
export interface Gguf<C extends BaseConfig = BaseConfig> {
  /** `general.architecture`, and what the keys of its sizes begin with. */
  name: string;
  sizes(model: Sized<C>): Readonly<Record<string, { u32: number } | { f32: number }>>;
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
