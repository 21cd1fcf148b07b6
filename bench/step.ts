/** The training step, measured: what it costs in calls, which holds on any adapter, and in time, which holds on this one. */
import { stream } from '../src/core/base/rng';
import { openGpu } from '../src/core/gpu/backend';
import { initialValues } from '../src/core/models/network';
import { type Calls, countCalls, installDawn } from '../src/core/testing/dawn';
import { learner } from '../src/core/train/learner';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';

export interface Shape {
  vocabulary: number;
  context: number;
  width: number;
  heads: number;
  layers: number;
  batch: number;
}
export const SHAPES: Readonly<Record<'S' | 'M', Shape>> = {
  S: { vocabulary: 65, context: 64, width: 128, heads: 4, layers: 2, batch: 8 },
  M: { vocabulary: 4096, context: 256, width: 256, heads: 8, layers: 6, batch: 4 },
};

/** Counts are of one step after warm-up; times are medians, the first step's includes compiling. */
export interface StepReport {
  adapter: string;
  ms: number;
  tokensPerSecond: number;
  dispatches: number;
  submits: number;
  buffersPerStep: number;
  bindGroupsPerStep: number;
  /** Most bytes of GPU buffers that were alive at once: weights, moments, gradients, activations, inputs, all. */
  peakBytes: number;
  plannedBytes: number;
  encodeMs: number;
  traceMs: number;
  firstStepMs: number;
  losses: number[];
}

/** Dawn on this machine's GPU, with its calls counted. */
export async function countedGpu(adapter?: string): Promise<{ name: string; calls: Calls }> {
  installDawn(adapter === undefined ? {} : { adapter });
  const calls = countCalls();
  const gpu = await openGpu();
  return { name: gpu.adapter.name, calls };
}

/** One batch of random tokens, learnt by heart: its losses must fall. */
export async function benchStep(
  shape: Shape,
  steps: number,
  device: { name: string; calls?: Calls },
): Promise<StepReport> {
  const { vocabulary, batch, ...config } = shape;
  const tokens = batch * config.context;
  const model = { id: 'gpt' as const, config, vocabulary };
  const recipe = { ...DEFAULT_RECIPE, batch, warmup: 0, schedule: 'constant' as const };
  const at = stream(1, 'bench', 0);
  const text = Int32Array.from({ length: tokens + 1 }, (_, i) => at(i) % vocabulary);
  const calls = device.calls ?? NO_CALLS;
  const now = () => performance.now();

  const began = now();
  const learning = await learner(model, recipe, initialValues(model, 1), now);
  const times: number[] = [];
  const encodes: number[] = [];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    calls.reset();
    const from = step === 1 ? began : now();
    const { loss } = await learning.step(step, text.subarray(0, tokens), text.subarray(1));
    times.push(now() - from);
    encodes.push(learning.cost.encodeMs);
    losses.push(loss);
  }
  const ms = median(times.slice(Math.ceil(steps / 2)));
  const report: StepReport = {
    adapter: device.name,
    ms,
    tokensPerSecond: (tokens * 1000) / ms,
    dispatches: calls.dispatches,
    submits: calls.submits,
    buffersPerStep: calls.buffers,
    bindGroupsPerStep: calls.bindGroups,
    peakBytes: calls.peakBytes,
    plannedBytes: learning.cost.plannedBytes,
    encodeMs: median(encodes.slice(Math.ceil(steps / 2))),
    traceMs: learning.cost.traceMs,
    firstStepMs: times[0]!,
    losses,
  };
  learning.dispose();
  return report;
}

const NO_CALLS = {
  ...{ dispatches: 0, submits: 0, buffers: 0, bindGroups: 0, peakBytes: 0 },
  reset: () => undefined,
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
