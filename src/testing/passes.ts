/** A forward and a backward pass, op by op and as a program. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { compile, type InputSpec } from '../core/gpu/program';
import type { Network } from '../core/models/network';
import type { ForwardContext } from '../core/models/spec';
import { softmaxCrossEntropy } from '../core/ops/softmaxCrossEntropy';
import { documentsInRows } from './documentsInRows';

/** Rows of equal length; a negative target is masked. `source` is the encoder's input. */
export interface Rows {
  ids: readonly (readonly number[])[];
  targets: readonly (readonly number[])[];
  lengths?: readonly number[];
  /** Tokens of the documents in each row. */
  documents?: readonly (readonly number[])[];
  source?: { ids: readonly (readonly number[])[]; lengths: readonly number[] };
}
/** `hidden`, `loss`, and the gradient of each weight by name. */
export type Made = Readonly<Record<string, Float32Array>>;

type Tensors = Readonly<Record<string, Tensor>>;
type How = Omit<ForwardContext, 'lengths' | 'documents' | 'cache'>;

interface Passes {
  eager(rows: Rows): Promise<Made>;
  captured(rows: Rows): Promise<Made>;
  dispose(): void;
}

/** Passes for rows with the shapes of `example`. */
export function passes(net: Network, example: Rows, settings: How): Passes {
  const specs = Object.fromEntries(
    Object.entries(arraysOf(example)).map(([name, { shape }]): [string, InputSpec] => [
      name,
      { shape, dtype: 'int32' },
    ]),
  );
  const step = (inputs: Tensors): Record<string, Tensor> => {
    const { value: loss, grads } = tf.variableGrads(() => forward(net, inputs, settings).loss());
    const gradients = Object.entries(net.params).map(([name, { name: own }]) => [name, grads[own]!]);
    return { hidden: forward(net, inputs, settings).hidden, loss, ...(Object.fromEntries(gradients) as Tensors) };
  };
  const program = compile(specs, step);
  return {
    async eager(rows) {
      const made = tf.tidy(() => {
        return step(tensorsOf(rows));
      });
      const read: Record<string, Float32Array> = {};
      for (const [name, tensor] of Object.entries(made)) read[name] = (await tensor.data<'float32'>()).slice();
      tf.dispose(made);
      return read;
    },
    captured: (rows) =>
      program.run(Object.fromEntries(Object.entries(arraysOf(rows)).map(([name, { data }]) => [name, data]))),
    dispose: () => program.dispose(),
  };
}

/** Loss of the forward pass alone, without dropout. */
export const lossOf = (net: Network, rows: Rows): number =>
  tf.tidy(() => forward(net, tensorsOf(rows), { dropout: 0 }).loss().dataSync<'float32'>()[0]!);

function forward(net: Network, inputs: Tensors, settings: How) {
  const { ids, targets, weight, counter, lengths, places, ends, sourceIds, sourceLengths } = inputs;
  const documents = places && { places: places as Tensor1D, ends: ends as Tensor1D };
  const limited = { ...(lengths && { lengths: lengths as Tensor1D }), ...(documents && { documents }) };
  const context = { ...settings, counter: counter!, ...limited };
  const source = sourceIds && { ids: sourceIds as Tensor2D, lengths: sourceLengths as Tensor1D };
  const output = net.forward(ids as Tensor2D, context, source);
  return {
    hidden: output.hidden,
    loss: () => softmaxCrossEntropy(output, targets as Tensor1D, weight as Tensor1D),
  };
}

const tensorsOf = (rows: Rows): Tensors =>
  Object.fromEntries(
    Object.entries(arraysOf(rows)).map(([name, { shape, data }]) => [name, tf.tensor(data, shape, 'int32')]),
  );

function arraysOf({
  ids,
  targets,
  lengths,
  documents,
  source,
}: Rows): Record<string, { shape: number[]; data: Int32Array }> {
  const vector = (values: readonly number[]) => ({ shape: [values.length], data: Int32Array.from(values) });
  const matrix = (rows: readonly (readonly number[])[]) => ({
    shape: [rows.length, rows[0]!.length],
    data: Int32Array.from(rows.flat()),
  });
  const counted = targets.flat();
  return {
    ids: matrix(ids),
    targets: vector(counted),
    weight: vector([counted.filter((target) => target >= 0).length]),
    counter: vector([5, 2]),
    ...(lengths && { lengths: vector(lengths) }),
    ...(documents && documentsInRows(documents)),
    ...(source && { sourceIds: matrix(source.ids), sourceLengths: vector(source.lengths) }),
  };
}
