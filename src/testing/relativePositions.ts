/** Tests relative positions in a model: one trained bias for all blocks, also with a cache. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { compile } from '../core/gpu/program';
import { modelSpec } from '../core/models';
import type { Network } from '../core/models/network';
import { type Memory, sizeOf } from '../core/models/spec';
import { allocate } from '../core/ops/variables';
import { expectClose, floats } from './checkOp';
import { centralDifference } from './finiteDifferences';
import { lossOf, type Made, passes, type Rows } from './passes';

/** Two texts and their sources, each with padding. */
const ROWS: Rows = {
  ids: [
    [3, 9, 27, 4, 12, 1, 0],
    [30, 2, 8, 8, 0, 0, 0],
  ],
  targets: [
    [9, 27, 4, 12, 1, 7, -1],
    [2, 8, 8, 5, -1, -1, -1],
  ],
  lengths: [6, 4],
  source: {
    ids: [
      [6, 1, 19, 32, 2],
      [11, 5, 17, 0, 0],
    ],
    lengths: [5, 3],
  },
};

/** Bits are the same with saved and recomputed activations, op by op and as a program; every weight gets a gradient. */
export async function expectSameComputedAgain(net: Network): Promise<void> {
  const made: Made[] = [];
  const captured: Made[] = [];
  for (const recompute of [false, true]) {
    const both = passes(net, ROWS, { dropout: 0, recompute });
    made.push(await both.eager(ROWS));
    captured.push(await both.captured(ROWS));
    both.dispose();
  }
  for (const [name, values] of Object.entries(made[0]!)) {
    expect(Math.max(...values.map(Math.abs)), `${name} says something`).toBeGreaterThan(1e-4);
    expectClose(captured[0]![name]!, values, 1e-5, `${name} of a program`);
  }
  expect(made[1]).toEqual(made[0]);
  expect(captured[1]).toEqual(captured[0]);
}

/** A decoder with a cache gives the same results token by token as for the whole text at once, with an encoder. */
export async function expectSameWithCache(net: Network): Promise<void> {
  const { id, config } = net.choice;
  const { layers, context, width } = config;
  const spec = modelSpec(id);
  const ids = ROWS.ids[0]!;
  const memory = floats([5, width]);
  const lengths = Int32Array.of(4);
  const memoryOf = (hidden: Tensor, lengths: Tensor): { memory: Memory } => ({
    memory: {
      hidden: hidden as Tensor2D,
      classifier: net.params[spec.classifier(config)] as unknown as Tensor2D,
      lengths: lengths as Tensor1D,
    },
  });
  const uncached = tf.tidy(() => {
    const source = memoryOf(tf.tensor(memory.data, memory.shape), tf.tensor1d(lengths, 'int32'));
    return net.forward(tf.tensor2d([...ids], [1, ids.length], 'int32'), { dropout: 0 }, source).hidden;
  });
  const want = await uncached.data<'float32'>();

  const shape = [context, spec.cacheColumns(config)];
  const kept = allocate(Array.from({ length: layers }, () => ({ shape, data: new Float32Array(sizeOf(shape)) })));
  const scalar = { shape: [1], dtype: 'int32' } as const;
  const program = compile(
    {
      ids: { shape: [1, 1], dtype: 'int32' },
      position: scalar,
      length: scalar,
      memory: { shape: memory.shape, dtype: 'float32' },
      lengths: scalar,
    },
    ({ ids, position, length, memory, lengths }) => {
      const cache = { position: position as Tensor1D, length: length as Tensor1D, layers: kept.variables };
      return { hidden: net.forward(ids as Tensor2D, { dropout: 0, cache }, memoryOf(memory, lengths)).hidden };
    },
  );
  for (const [at, id] of ids.entries()) {
    const token = { ids: Int32Array.of(id), position: Int32Array.of(at), length: Int32Array.of(at + 1) };
    const { hidden } = await program.run({ ...token, memory: memory.data, lengths });
    expectClose(hidden, want.subarray(at * width, (at + 1) * width), 1e-5, `token ${at}`);
  }
  program.dispose();
  kept.dispose();
  uncached.dispose();
}

/** Every gradient is the slope of the loss: for each element of position tables, and along one direction for others. */
export async function expectSlopes(net: Network): Promise<void> {
  const both = passes(net, ROWS, { dropout: 0 });
  const gradients = await both.eager(ROWS);
  both.dispose();
  for (const [name, variable] of Object.entries(net.params)) {
    const initial = variable.dataSync<'float32'>().slice();
    const slope = (direction: (i: number) => number, step: number): number =>
      centralDifference((h) => {
        tf.tidy(() =>
          variable.assign(
            tf.tensor(
              initial.map((x, i) => x + h * direction(i)),
              variable.shape,
            ),
          ),
        );
        return lossOf(net, ROWS);
      }, step);
    const gradient = gradients[name]!;
    if (name.endsWith('positions.weight')) {
      const want = gradient.map((_, element) => slope((i) => (i === element ? 1 : 0), 0.04));
      expectClose(gradient, want, 2e-3, `gradient of ${name}`);
    }
    // Along the gradient, where the slope per step length is largest.
    const length = Math.hypot(...gradient);
    expectClose([length], [slope((i) => gradient[i]! / length, 0.01)], 2e-3, `length of the gradient of ${name}`);
    tf.tidy(() => variable.assign(tf.tensor(initial, variable.shape)));
  }
}
