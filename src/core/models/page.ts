/** What the offline page asks of an architecture: one text read without TensorFlow.js, from weights as Hugging Face has them. */
import type { Sized } from './interop';

export interface PageForward {
  /** Floats that a reader takes besides the weights. */
  workspaceOf(model: Sized): number;
  /** `weight` gives a tensor by Hugging Face's name. */
  reader(model: Sized, weight: (name: string) => Float32Array, kernels: Kernels): Reader;
}

/** A text being read by a model, position by position. */
export interface Reader {
  /** Reads `ids` at positions `from` and up, after those before have been read: at most `BLOCK` of them. */
  read(ids: readonly number[], from: number): void;
  /** Scores of every token as the next one after the last that was read; valid until the next call. [vocabulary] */
  scores(): Float32Array;
}
export const BLOCK = 32;

/** The two products that nearly all the time goes into. */
export interface Kernels {
  /** A zeroed array that the products below may be given. */
  floats(length: number): Float32Array;
  /** y [rows, columns] += x [rows, inner] w [inner, columns]; columns and inner are multiples of the model's width. */
  multiply(x: Float32Array, w: Float32Array, y: Float32Array, rows: number, inner: number, columns: number): void;
  /** y [rows] = w [rows, inner] x [inner] */
  score(w: Float32Array, x: Float32Array, y: Float32Array, inner: number): void;
}
