/** The training step, measured: what it costs in calls, which holds on any adapter, and in time, which holds on this one. */
import { badSettings } from '../src/core/base/errors';
import { stream } from '../src/core/base/rng';
import { openGpu } from '../src/core/gpu/backend';
import { compile } from '../src/core/gpu/program';
import { initialValues, network } from '../src/core/models/network';
import { hold } from '../src/core/ops/variables';
import { OPTIMIZERS } from '../src/core/optim';
import { type Calls, countCalls, installDawn } from '../src/core/testing/dawn';
import { learner } from '../src/core/train/learner';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import { stepOn } from '../src/core/train/step';

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
  /** On the GPU, by its own clock; null where it has none. */
  gpuMs: number | null;
  traceMs: number;
  firstStepMs: number;
  losses: number[];
}

/**
 * Dawn on this machine's GPU, with its calls counted.
 * @throws HomegrownError 'bad-settings' with the adapters that there are, where none has `adapter` in its name
 */
export async function countedGpu(adapter?: string): Promise<{ name: string; calls: Calls }> {
  installDawn(adapter === undefined ? {} : { adapter });
  const calls = countCalls();
  const gpu = await openGpu().catch((error: unknown) => {
    if (adapter === undefined || !(error instanceof Error)) throw error;
    throw badSettings(
      `No adapter is called ${adapter}. ${error.message.trim()}\n`,
      'Give a part of one of these names.',
    );
  });
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
  const gpu: number[] = [];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    calls.reset();
    const from = step === 1 ? began : now();
    const { loss } = await learning.step(step, text.subarray(0, tokens), text.subarray(1));
    times.push(now() - from);
    encodes.push(learning.cost.encodeMs);
    if (learning.cost.gpuMs !== undefined) gpu.push(learning.cost.gpuMs);
    losses.push(loss);
  }
  const settled = (values: readonly number[]) => median(values.slice(Math.ceil(steps / 2)));
  const ms = settled(times);
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
    encodeMs: settled(encodes),
    gpuMs: gpu.length > 0 ? settled(gpu) : null,
    traceMs: learning.cost.traceMs,
    firstStepMs: times[0]!,
    losses,
  };
  learning.dispose();
  return report;
}

/** Milliseconds on the GPU of each kernel of a step, with how often it runs; longest first. */
export async function profileStep(shape: Shape): Promise<{ kernel: string; runs: number; ms: number }[]> {
  const { vocabulary, batch, ...config } = shape;
  const tokens = batch * config.context;
  const model = { id: 'gpt' as const, config, vocabulary };
  const net = await network(model, initialValues(model, 1));
  const zeros = Object.values(net.params).map(({ shape: dims, size }) => ({
    shape: dims,
    data: new Float32Array(size),
  }));
  const kinds = OPTIMIZERS.adamw.moments.map(() => hold(zeros));
  const names = Object.keys(net.params);
  const moments = Object.fromEntries(names.map((name, i) => [name, kinds.map(({ variables }) => variables[i]!)]));
  const parts = stepOn(net, moments, { ...DEFAULT_RECIPE, batch });
  const program = compile(
    {
      ids: { shape: [batch, config.context], dtype: 'int32' },
      targets: { shape: [tokens], dtype: 'int32' },
      counter: { shape: [2], dtype: 'int32' },
      rates: { shape: [3], dtype: 'float32' },
    },
    (inputs) => parts.step(inputs),
  );
  const at = stream(1, 'bench', 0);
  const text = Int32Array.from({ length: tokens + 1 }, (_, i) => at(i) % vocabulary);
  const values = {
    ids: text.subarray(0, tokens),
    targets: text.subarray(1),
    counter: Int32Array.of(1, 1),
    rates: Float32Array.of(1e-3, 0.1, 0.01),
  };
  await program.run(values); // compiles
  if (!program.profile) throw new Error('This GPU cannot tell how long a kernel took (timestamp-query).');
  const sums = new Map<string, { runs: number; ms: number }>();
  for (const { name, ms } of await program.profile(values)) {
    const sum = sums.get(name) ?? { runs: 0, ms: 0 };
    sums.set(name, { runs: sum.runs + 1, ms: sum.ms + ms });
  }
  program.dispose();
  net.dispose();
  kinds.forEach((held) => held.dispose());
  return [...sums].map(([kernel, sum]) => ({ kernel, ...sum })).sort((a, b) => b.ms - a.ms);
}

const NO_CALLS = {
  ...{ dispatches: 0, submits: 0, buffers: 0, bindGroups: 0, peakBytes: 0 },
  reset: () => undefined,
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
