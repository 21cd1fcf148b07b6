/** Trainable parameters added to a frozen weight. An adapter is a file of this folder, its test, and a line in index.ts. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Choice, Fields, ValuesOf } from '../base/field';
import type { Values } from '../models/network';
import type { Parameter, ParamTable } from '../models/spec';
import type { Adapted } from '../nn/layers';

export interface Adapter<F extends Fields = Fields> extends Choice {
  label: string;
  /** When to choose it. */
  hint: string;
  /** Paper that defines it. */
  source: string;
  fields: F;
  /**
   * Parameters added to a linear layer's weight [in, out], by the ends of names: `<layer>.<end>`. At first they leave the
   * output unchanged.
   */
  params(weight: Parameter, settings: ValuesOf<F>): ParamTable;
  /** Columns that a training step stores for each token in addition to those of the layer without an adapter. */
  columns(weight: Parameter, settings: ValuesOf<F>): number;
  /** Change of the output per optimizer step, up to a factor: the best learning rate is inversely proportional to it. */
  gain(settings: ValuesOf<F>): number;
  /** Merges weight and adapter into one weight, for programs without adapters. `own`: by the ends of names. */
  merged(weight: HostValue, own: ReadonlyMap<string, HostValue>, settings: ValuesOf<F>): HostValue;
  /** Loads lazily, so that sizes can be computed without TensorFlow.js. */
  load(): Promise<{
    adapted(weight: Tensor2D, own: Readonly<Record<string, Tensor>>, settings: ValuesOf<F>, place: Place): Adapted;
  }>;
}
/** Where an adapter is applied, and at which step. */
export interface Place {
  /** Name of the weight without `.weight`. */
  layer: string;
  /** int32 [2]: seed and step of a training pass; absent in inference. */
  counter?: Tensor | undefined;
}
type HostValue = Values extends ReadonlyMap<string, infer Value> ? Value : never;

/** Checks an adapter's definition against its own fields; the list has them all as one type. */
export const defineAdapter = <const F extends Fields>(definition: Adapter<F>): Definition<F> => definition;
type Definition<F> = Omit<Adapter, 'fields'> & { fields: F };
