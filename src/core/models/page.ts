/** Interface of an architecture for the offline page: inference without TensorFlow.js on Hugging Face's weights. */
import type { Sized } from './interop';
import type { BaseConfig, ModelKind } from './spec';

export interface PageForward<C extends BaseConfig = BaseConfig> {
  kind: ModelKind;
  /** Number of floats that a reader needs besides the weights. */
  workspaceOf(model: Sized<C>): number;
  /** Row lengths of the products: if all are multiples of 8, products process four floats at once. */
  lengthsOf(model: Sized<C>): readonly number[];
  /** `weight` returns a tensor by Hugging Face's name. */
  reader(model: Sized<C>, weight: (name: string) => Float32Array, kernels: Kernels): Reader;
}

/** Inference over one text: position by position, or all at once for a bidirectional encoder. */
export interface Reader {
  /** For an encoder-decoder: encodes the source text at once, before any `read`. */
  source?(ids: readonly number[]): void;
  /** Reads `ids` at positions `from` and up, after all earlier ones: at most `BLOCK`; for an encoder all, from 0. */
  read(ids: readonly number[], from: number): void;
  /**
   * Returns scores [vocabulary] of the next token, or for an encoder of the token at position `at`; valid until the
   * next call. For a classifier, returns the scores [labels] of the text read from 0 on.
   */
  scores(at?: number): Float32Array;
}
export const BLOCK = 32;

/** The two products that take nearly all of the time. */
export interface Kernels {
  /** Returns a zeroed array for use in the products below. */
  floats(length: number): Float32Array;
  /** y [rows, columns] += x [rows, inner] w [inner, columns]; both lengths are multiples of lengths in `lengthsOf`. */
  multiply(x: Float32Array, w: Float32Array, y: Float32Array, rows: number, inner: number, columns: number): void;
  /** y [rows] = w [rows, inner] x [inner]; inner is also such a multiple. */
  score(w: Float32Array, x: Float32Array, y: Float32Array, inner: number): void;
}

/** Returns whether products can process four floats at once. */
export const isInFours = (page: Pick<PageForward, 'lengthsOf'>, model: Sized): boolean =>
  page.lengthsOf(model).every((length) => length % 8 === 0);
