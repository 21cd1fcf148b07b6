/** Times each kernel of the step against TensorFlow.js's kernels for the same op on the same GPU. */
import * as tf from '@tensorflow/tfjs';
import { currentGpu, finished } from '../src/core/gpu/backend';
import { pool } from '../src/core/gpu/pool';
import { takeBuffersFrom } from '../src/core/gpu/tfjs';
import { layers } from './layers';
import { products } from './products';
import { type Shape, SHAPES } from './step';
import { updates } from './updates';
import type { Work } from './work';

export interface OpReport {
  config: string;
  op: string;
  /** Best of three rounds. */
  ms: number;
  /** Multiplications and additions by definition; absent if they do not bound the time. */
  gflops?: number;
  /** Rate of reading inputs once and writing outputs once. */
  gbps: number;
  tfjsMs: number;
  /** Time of TensorFlow.js divided by ours. */
  ratio: number;
}

/** Benchmarks ops on the current GPU. */
export async function benchOps(configs: readonly (keyof typeof SHAPES)[] = ['S', 'M']): Promise<OpReport[]> {
  // TensorFlow.js reuses buffers without a limit, so its kernels are measured that way.
  const { backend, device } = currentGpu()!;
  takeBuffersFrom(backend, pool(device, Infinity));
  const reports: OpReport[] = [];
  for (const config of configs) {
    for (const work of everything(SHAPES[config])) {
      const tensors = work.make();
      const [ms, tfjsMs] = [await time(() => work.ours(tensors)), await time(() => work.theirs(tensors))];
      tf.dispose(tensors);
      work.end?.();
      const { op, flops, bytes } = work;
      const gflops = flops === undefined ? {} : { gflops: flops / ms / 1e6 };
      reports.push({ config, op, ms, ...gflops, gbps: bytes / ms / 1e6, tfjsMs, ratio: tfjsMs / ms });
    }
  }
  return reports;
}

function* everything(shape: Shape): Generator<Work> {
  yield* products(shape);
  yield* layers(shape);
  yield* updates(shape);
}

/** Measures milliseconds: the best of three rounds, each long enough for the clock. */
async function time(act: () => void): Promise<number> {
  const gpu = currentGpu()!;
  const round = async (times: number): Promise<number> => {
    const began = performance.now();
    for (let i = 0; i < times; i++) tf.tidy(act);
    await finished(gpu);
    return (performance.now() - began) / times;
  };
  await round(1); // compiles
  const times = Math.max(1, Math.min(50, Math.round(20 / (await round(1)))));
  let best = Infinity;
  for (let i = 0; i < 3; i++) best = Math.min(best, await round(times));
  return best;
}
