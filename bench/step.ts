/** Measures a training step: its calls, which are the same on any adapter, and its time on this one. */
import { type AdapterChoice, ADAPTERS } from '../src/core/adapters';
import { linearWeights, partsOf, type Trainable } from '../src/core/adapters/trainable';
import { badSettings } from '../src/core/base/errors';
import * as field from '../src/core/base/field';
import { openGpu } from '../src/core/gpu/backend';
import { type ModelId, modelSpec } from '../src/core/models';
import { drawn, initialValues, type ModelChoice } from '../src/core/models/network';
import { type ParamTable, usualConfig } from '../src/core/models/spec';
import { loadObjective, usualObjective } from '../src/core/objectives';
import type { Batch } from '../src/core/objectives/batch';
import { tune } from '../src/core/ops/tune';
import { installDawn } from '../node/dawn';
import { type Calls, countCalls } from '../src/testing/dawn';
import { learner } from '../src/core/train/learner';
import { tokenSource } from '../src/testing/tokenSource';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import { DEFAULT_RECIPE, type Recipe } from '../src/core/train/recipe';
import { flopsPerStep } from '../src/core/train/work';
import { tokens } from './work';

export interface Shape {
  /** GPT by default. */
  model?: ModelId;
  vocabulary: number;
  context: number;
  width: number;
  heads: number;
  layers: number;
  batch: number;
  /** Initial LoRA on frozen weights, on the attention input or all matrices of a layer; absent: full fine-tuning. */
  lora?: 'input' | 'all';
}
const S: Shape = { vocabulary: 65, context: 64, width: 128, heads: 4, layers: 2, batch: 8 };
const M: Shape = { vocabulary: 4096, context: 256, width: 256, heads: 8, layers: 6, batch: 4 };
export const SHAPES: Readonly<
  Record<'S' | 'M' | 'G' | 'L' | 'LM' | 'B' | 'T' | `${'S' | 'M'}-${'input' | 'all'}`, Shape>
> = {
  S,
  M,
  /** GPT-2 small. */
  G: { vocabulary: 50_257, context: 1024, width: 768, heads: 12, layers: 12, batch: 8 },
  /** S and M as a Llama: two heads share one of keys, and the feed-forward has 8/3 of the width. */
  L: { ...S, model: 'llama' },
  LM: { ...M, model: 'llama' },
  /** S as a BERT. */
  B: { ...S, model: 'bert' },
  /** S as a T5: as many layers in the encoder as in the decoder. */
  T: { ...S, model: 't5' },
  /** S and M with LoRA on frozen weights. */
  'S-input': { ...S, lora: 'input' },
  'S-all': { ...S, lora: 'all' },
  'M-input': { ...M, lora: 'input' },
  'M-all': { ...M, lora: 'all' },
};

/** Model of a shape. Sizes specific to the architecture have their usual values. */
export function modelOf({ model: id = 'gpt', vocabulary, batch: _, ...sizes }: Shape): ModelChoice {
  return { id, config: usualConfig(modelSpec(id), sizes), vocabulary };
}

/** Trainable part; undefined: all weights. */
export function trainableOf(shape: Shape): Trainable | undefined {
  if (!shape.lora) return undefined;
  const all = linearWeights(paramsOf(shape));
  const targets = shape.lora === 'all' ? all : all.filter((name) => name.endsWith('.attn.c_attn.weight'));
  const adapter: AdapterChoice = { id: 'lora', settings: field.initialValues(ADAPTERS.lora.fields), beside: targets };
  return { weights: [], adapter };
}
export const paramsOf = (shape: Shape): ParamTable => {
  const { id, config, vocabulary } = modelOf(shape);
  return modelSpec(id).params(config, vocabulary);
};

/** Counts are of the last step; times are medians over the last 3/4 of steps. The first step also compiles. */
export interface StepReport {
  adapter: string;
  ms: number;
  tokensPerSecond: number;
  /** Rate of the operations that the model's definition needs, in 10^9 per second. */
  gflops: number;
  dispatches: number;
  submits: number;
  buffersPerStep: number;
  bindGroupsPerStep: number;
  /** Peak bytes of live GPU buffers: weights, moments, gradients, activations, inputs and all others. */
  peakBytes: number;
  plannedBytes: number;
  encodeMs: number;
  /** Time on the GPU by its timestamps; null if it has none. */
  gpuMs: number | null;
  traceMs: number;
  firstStepMs: number;
  losses: number[];
}

/**
 * Opens this machine's GPU through Dawn, with the same measurements as in the app, and counts calls from then on.
 * @throws HomegrownError 'bad-settings' that lists the adapters, if none has `adapter` in its name
 */
export async function countedGpu(adapter?: string): Promise<{ name: string; calls: Calls }> {
  installDawn({ adapter });
  const gpu = await openGpu().catch((error: unknown) => {
    if (adapter === undefined || !(error instanceof Error)) throw error;
    throw badSettings(
      `No adapter is called ${adapter}. ${error.message.trim()}\n`,
      'Give a part of one of these names.',
    );
  });
  await tune(now);
  return { name: gpu.adapter.name, calls: countCalls() };
}

/** Benchmarks steps on one batch of random tokens, whose loss must fall. `between` runs after each step, untimed. */
export async function benchStep(
  shape: Shape,
  steps: number,
  device: { name: string; calls?: Calls },
  between?: () => Promise<unknown>,
): Promise<StepReport> {
  const calls = device.calls ?? NO_CALLS;
  const began = now();
  const { learning, batch } = await learn(shape);
  const times: number[] = [];
  const encodes: number[] = [];
  const gpu: number[] = [];
  const losses: number[] = [];
  for (let step = 1; step <= steps; step++) {
    calls.reset();
    const from = step === 1 ? began : now();
    const { loss } = await learning.step(step, batch);
    times.push(now() - from);
    encodes.push(learning.cost.encodeMs);
    if (learning.cost.gpuMs !== undefined) gpu.push(learning.cost.gpuMs);
    losses.push(loss);
    await between?.();
  }
  const ms = settled(times);
  const report: StepReport = {
    adapter: device.name,
    ms,
    tokensPerSecond: (shape.batch * shape.context * 1000) / ms,
    gflops: flopsPerStep(modelOf(shape), recipeOf(shape), trainableOf(shape)) / (ms * 1e6),
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

/** Median milliseconds per step of each shape. Alternates their steps, so that other load affects all of them alike. */
export async function inTurn(shapes: readonly Shape[], steps: number): Promise<number[]> {
  const trainers: Awaited<ReturnType<typeof learn>>[] = [];
  for (const shape of shapes) trainers.push(await learn(shape));
  const times = shapes.map((): number[] => []);
  for (let step = 1; step <= steps; step++) {
    for (const [i, { learning, batch }] of trainers.entries()) {
      const from = now();
      await learning.step(step, batch);
      times[i]!.push(now() - from);
    }
  }
  for (const { learning } of trainers) learning.dispose();
  return times.map((each) => settled(each));
}

/** Planned GPU memory of a step in bytes, without running it. */
export async function plannedBytes(shape: Shape): Promise<number> {
  const { learning } = await learn(shape);
  const { plannedBytes: bytes } = learning.cost;
  learning.dispose();
  return bytes;
}

/** GPU milliseconds and number of runs of each kernel of a step, longest first. */
export async function profileStep(shape: Shape): Promise<{ kernel: string; runs: number; ms: number }[]> {
  const { learning, batch } = await learn(shape);
  await learning.step(1, batch); // compiles
  if (!learning.profile) throw new Error('This GPU cannot tell how long a kernel took (timestamp-query).');
  const sums = new Map<string, { runs: number; ms: number }>();
  for (const { name, ms } of await learning.profile(2, batch)) {
    const sum = sums.get(name) ?? { runs: 0, ms: 0 };
    sums.set(name, { runs: sum.runs + 1, ms: sum.ms + ms });
  }
  learning.dispose();
  return [...sums].map(([kernel, sum]) => ({ kernel, ...sum })).sort((a, b) => b.ms - a.ms);
}

/** A learner with initial weights, and its batch. */
async function learn(shape: Shape) {
  const model = modelOf(shape);
  const recipe = { ...recipeOf(shape), warmup: 0, schedule: 'constant' as const };
  const trainable = trainableOf(shape);
  const values = new Map([...initialValues(model, 1), ...drawn(partsOf(paramsOf(shape), trainable).added, 1)]);
  const learning = await learner(model, recipe, values, now, trainable);
  return { learning, batch: await batchOf(shape) };
}

/** Recipe with the usual objective of the architecture. */
export const recipeOf = (shape: Shape): Recipe => ({
  ...DEFAULT_RECIPE,
  objective: usualObjective(modelOf(shape).id),
  batch: shape.batch,
});

/** Batch of random tokens with `times` as many rows as a step. */
export async function batchOf(shape: Shape, times = 1): Promise<Batch> {
  const { vocabulary, context } = shape;
  const rows = times * shape.batch;
  const recipe = recipeOf(shape);
  const source = tokenSource(Uint32Array.from(tokens(rows * context + 1, vocabulary)), vocabulary);
  const { batches } = await loadObjective(recipe.objective, recipe);
  return (await batches(source, context, madeUp(vocabulary))).training({ seed: 1, step: 1, first: 0, rows });
}

/** A tokenizer with one letter per id, whose last ids have the requested roles. */
export const madeUp = (vocabulary: number): Tokenizer =>
  ({
    size: vocabulary,
    endOfText: vocabulary - 1,
    special: [],
    bytes: () => Uint8Array.of(97),
    idOf: (_, number = 0) => vocabulary - 1 - number,
  }) satisfies Partial<Tokenizer> as unknown as Tokenizer;

const now = (): number => performance.now();
const NO_CALLS = { dispatches: 0, submits: 0, buffers: 0, bindGroups: 0, peakBytes: 0, reset: () => undefined };
/** Median of the last three quarters: the first steps also compile. */
export const settled = (values: readonly number[]): number => median(values.slice(Math.ceil(values.length / 4)));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
