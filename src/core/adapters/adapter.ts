/** Trainable parameters added to a frozen weight. An adapter is a file of this folder, its test, and a line in index.ts. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Choice, Fields, ValuesOf } from '../base/field';
import type { Values } from '../models/network';
import type { Parameter, ParamTable } from '../models/spec';
import type { Adapted } from '../nn/layers';

export interface Adapter<F extends Fields = Fields> extends Choice {
  label: string;
  /** When to take it. */
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
  /** How much a step of the optimizer changes the output, up to a factor: the best learning rate is inversely proportional to it. */
  gain(settings: ValuesOf<F>): number;
  /** One weight that does what the weight and its adapter do together, for readers that know no adapters. `own`: by the ends of names. */
  merged(weight: HostValue, own: ReadonlyMap<string, HostValue>, settings: ValuesOf<F>): HostValue;
  /** Loads lazily, so that sizes can be computed without TensorFlow.js. */
  load(): Promise<{
    adapted(weight: Tensor2D, own: Readonly<Record<string, Tensor>>, settings: ValuesOf<F>, place: Place): Adapted;
  }>;
}
/** Where an adapter is, and when. */
export interface Place {
  /** Of the weight, without `.weight`. */
  layer: string;
  /** int32 [2]: seed and step, as a forward pass has them while something learns; absent where the model is only used. */
  counter?: Tensor | undefined;
}
type HostValue = Values extends ReadonlyMap<string, infer Value> ? Value : never;

/** Checks a statement against its own fields; in the list it is seen through what all share. */
export const defineAdapter = <const F extends Fields>(stated: Adapter<F>): Stated<F> => stated;
type Stated<F> = Omit<Adapter, 'fields'> & { fields: F };
