/** The training step, measured: what it costs in calls, which holds on any adapter, and in time, which holds on this one. */
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
  /** LoRA as it begins, of what a layer's attention reads alone or of all its matrices, over frozen weights; else all learn. */
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
  /** Of t5, layers are those of the encoder and as many of the decoder. */
  T: { ...S, model: 't5' },
  /** S and M with LoRA on frozen weights. */
  'S-input': { ...S, lora: 'input' },
  'S-all': { ...S, lora: 'all' },
  'M-input': { ...M, lora: 'input' },
  'M-all': { ...M, lora: 'all' },
};

/** Sizes of its own that an architecture has are those that are usual with these. */
export function modelOf({ model: id = 'gpt', vocabulary, batch: _, ...sizes }: Shape): ModelChoice {
  return { id, config: usualConfig(modelSpec(id), sizes), vocabulary };
}

/** What of it learns; all where undefined. */
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

/** Counts are of the last step; times are medians of all but the first quarter, the first step's includes compiling. */
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
 * Dawn on this machine's GPU, measured as the app does when it opens one, with the calls counted from then on.
 * @throws HomegrownError 'bad-settings' with the adapters that there are, where none has `adapter` in its name
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

/** Memorizes one batch of random tokens: its losses must fall. */
export async function benchStep(
  shape: Shape,
  steps: number,
  device: { name: string; calls?: Calls },
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
  }
  const settled = (values: readonly number[]) => median(values.slice(Math.ceil(steps / 4)));
  const ms = settled(times);
  const report: StepReport = {
    adapter: device.name,
    ms,
    tokensPerSecond: (shape.batch * shape.context * 1000) / ms,
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

/** Milliseconds of a step of each shape, medians: their steps in turn, so that all else that this machine does weighs on them alike. */
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
  return times.map((each) => median(each.slice(Math.ceil(steps / 4))));
}

/** Bytes of GPU memory that a step needs, by its plan: nothing is run. */
export async function plannedBytes(shape: Shape): Promise<number> {
  const { learning } = await learn(shape);
  const { plannedBytes: bytes } = learning.cost;
  learning.dispose();
  return bytes;
}

/** Milliseconds on the GPU of each kernel of a step, with how often it runs; longest first. */
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

/** A model as it begins, and the batch. */
async function learn(shape: Shape) {
  const model = modelOf(shape);
  const recipe = { ...recipeOf(shape), warmup: 0, schedule: 'constant' as const };
  const trainable = trainableOf(shape);
  const values = new Map([...initialValues(model, 1), ...drawn(partsOf(paramsOf(shape), trainable).added, 1)]);
  const learning = await learner(model, recipe, values, now, trainable);
  return { learning, batch: await batchOf(shape) };
}

/** What its architecture usually learns. */
export const recipeOf = (shape: Shape): Recipe => ({
  ...DEFAULT_RECIPE,
  objective: usualObjective(modelOf(shape).id),
  batch: shape.batch,
});

/** Of random tokens, `times` as many rows as a step has. */
export async function batchOf(shape: Shape, times = 1): Promise<Batch> {
  const { vocabulary, context } = shape;
  const rows = times * shape.batch;
  const recipe = recipeOf(shape);
  const source = tokenSource(Uint32Array.from(tokens(rows * context + 1, vocabulary)), vocabulary);
  const { batches } = await loadObjective(recipe.objective, recipe);
  return (await batches(source, context, madeUp(vocabulary))).training({ seed: 1, step: 1, first: 0, rows });
}

/** A tokenizer of a letter for each id, whose last ids have the roles that are asked for. */
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
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
