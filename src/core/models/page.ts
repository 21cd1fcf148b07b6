/** What the offline page asks of an architecture: one text read without TensorFlow.js, from weights as Hugging Face has them. */
import type { Sized } from './interop';
import type { BaseConfig, ModelKind } from './spec';

export interface PageForward<C extends BaseConfig = BaseConfig> {
  kind: ModelKind;
  /** Floats that a reader takes besides the weights. */
  workspaceOf(model: Sized<C>): number;
  /** Of the rows that the products read and write: where each is a multiple of 8, they take four floats at once. */
  lengthsOf(model: Sized<C>): readonly number[];
  /** `weight` gives a tensor by Hugging Face's name. */
  reader(model: Sized<C>, weight: (name: string) => Float32Array, kernels: Kernels): Reader;
}

/** A text being read by a model, position by position; by an encoder, which reads both ways, all at once. */
export interface Reader {
  /** Of an encoder-decoder: reads the text that is answered, all at once, before anything else is read. */
  source?(ids: readonly number[]): void;
  /** Reads `ids` at positions `from` and up, after those before have been read: at most `BLOCK` of them; of an encoder all, from 0. */
  read(ids: readonly number[], from: number): void;
  /**
   * Scores of every token as the next one after the last that was read, or, of an encoder, in the place `at` of those read;
   * valid until the next call. [vocabulary]; of a classifier those of its labels, of all that was read from 0 on. [labels]
   */
  scores(at?: number): Float32Array;
}
export const BLOCK = 32;

/** The two products that nearly all the time goes into. */
export interface Kernels {
  /** A zeroed array that the products below may be given. */
  floats(length: number): Float32Array;
  /** y [rows, columns] += x [rows, inner] w [inner, columns]; both lengths are among `lengthsOf`'s, or multiples of them. */
  multiply(x: Float32Array, w: Float32Array, y: Float32Array, rows: number, inner: number, columns: number): void;
  /** y [rows] = w [rows, inner] x [inner]; so is inner. */
  score(w: Float32Array, x: Float32Array, y: Float32Array, inner: number): void;
}

/** Whether products can take four floats at once. */
export const isInFours = (page: Pick<PageForward, 'lengthsOf'>, model: Sized): boolean =>
  page.lengthsOf(model).every((length) => length % 8 === 0);
