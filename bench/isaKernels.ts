/**
 * Has the driver compile every kernel of training, evaluating and decoding, and says on standard error which one comes next: what
 * the driver prints of a kernel follows its line. Run by isa.ts, on a driver for a GPU that is not there and computes nothing.
 */
import { writeSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { evaluator } from '../src/core/evaluate/evaluate';
import { type Gpu, openGpu } from '../src/core/gpu/backend';
import { dispatch, kernels } from '../src/core/gpu/dispatch';
import { emptyTensor } from '../src/core/gpu/tfjs';
import { MODELS } from '../src/core/models';
import { sizeOf } from '../src/core/models/spec';
import { attention } from '../src/core/ops/attention';
import type { Settings } from '../src/core/ops/attentionForm';
import { candidates, choose, type Cut, SHAPE_CLASSES } from '../src/core/ops/cut';
import { decoder } from '../src/core/sample/decoder';
import { installDawn } from '../src/core/testing/dawn';
import { pretend, WITHOUT_SUBGROUPS } from '../src/core/testing/pretend';
import { type Learner, learner } from '../src/core/train/learner';
import { DEFAULT_RECIPE, type Recipe } from '../src/core/train/recipe';
import { MARK } from './isa';
import { type Shape, SHAPES } from './step';

/** What is compiled now. */
let now = { config: '', variant: '' };

async function compileAll(): Promise<void> {
  const { S, M, G } = SHAPES;
  await compileOn('S', () => run(S));
  await compileOn('M', () => run(M));
  // All of GPT-2 small is more than these drivers' 4 GB: one layer is run, and a step of all of them is only traced.
  await compileOn('G', () => run({ ...G, layers: 1 }));
  await compileOn('G', () => withoutMemory(async () => (await learning(G)).prepare()), 'all layers');
  for (const { name, config } of MODELS.gpt.presets) {
    const layers = Math.min(config.layers, 2); // they are alike
    await compileOn(name, () => run({ ...config, layers, vocabulary: 1024, batch: DEFAULT_RECIPE.batch }));
  }
  await compileOn('S', () => run(S, { optimizer: 'sgd', accumulate: 2, dropout: 0.1 }), 'SGD, accumulated, dropout');
  await compileOn('S', () => run(S, { recompute: true, dropout: 0.1 }), 'recomputed, dropout');
  for (const D of [16, 32, 64, 80, 128]) {
    const ways = { '': {}, 'without subgroups': WITHOUT_SUBGROUPS };
    for (const [way, adapter] of Object.entries(ways)) {
      await compileOn(`heads of ${D}`, (gpu) => heads(gpu, D, adapter), way);
    }
  }
  // Every cut of a product that an adapter may take; the first ones have been compiled above.
  for (const cut of ['small', 'large', 'wide', 'broadcast']) {
    for (const [name, shape] of Object.entries({ S, M })) {
      await compileOn(name, (gpu) => withCut(gpu, cut, () => run(shape)), `${cut} cut`);
    }
  }
}

/** On a device of its own, which has compiled nothing yet. */
async function compileOn(config: string, act: (gpu: Gpu) => unknown, variant = ''): Promise<void> {
  now = { config, variant };
  const gpu = await openGpu();
  await act(gpu);
  gpu.device.destroy();
  await gpu.failed;
}

function announcePipelines(): void {
  const { prototype } = GPUDevice;
  const createComputePipeline = Reflect.get(prototype, 'createComputePipeline');
  prototype.createComputePipeline = function (descriptor) {
    const kernel = [descriptor.label ?? 'stock', now.variant].filter(Boolean).join(', ');
    writeSync(2, `\n${MARK}${JSON.stringify({ config: now.config, kernel })}\n`);
    return createComputePipeline.call(this, descriptor);
  };
  // One after the other: what the driver says must not mix.
  prototype.createComputePipelineAsync = function (descriptor) {
    return Promise.resolve(this.createComputePipeline(descriptor));
  };
}

/** Buffers have at most a megabyte meanwhile. What is bound to them is refused, but by then all has been compiled. */
async function withoutMemory(act: () => Promise<unknown>): Promise<void> {
  const { prototype } = GPUDevice;
  const createBuffer = Reflect.get(prototype, 'createBuffer');
  prototype.createBuffer = function (descriptor) {
    const size = descriptor.mappedAtCreation ? descriptor.size : Math.min(descriptor.size, 2 ** 20);
    return createBuffer.call(this, { ...descriptor, size });
  };
  await act();
  prototype.createBuffer = createBuffer;
}

/** A training step, an evaluation and two decoding steps: the first reads a prompt, the second one token. */
async function run(shape: Shape, changed: Partial<Recipe> = {}): Promise<void> {
  const { vocabulary, batch, ...config } = shape;
  const learns = await learning(shape, changed);
  const evaluating = evaluator(learns.network);
  const read = (_: number, length: number) => Promise.resolve(new Uint32Array(length));
  const tokens = batch * config.context;
  await evaluating.meanLoss({ tokens: tokens + 1, bytes: tokens, vocabulary, read }, { rows: batch, tokens });
  const decoding = decoder(learns.network);
  await decoding.next([1, 2]);
  await decoding.next([1, 2, 3]);
  for (const each of [decoding, evaluating, learns]) each.dispose();
}

function learning({ vocabulary, batch, ...config }: Shape, changed: Partial<Recipe> = {}): Promise<Learner> {
  const model = { id: 'gpt' as const, config, vocabulary };
  return learner(model, { ...DEFAULT_RECIPE, ...changed, batch }, zeros(config, vocabulary), () => 0);
}

/** Weights, all of them views of the same zeros. */
function zeros(config: Omit<Shape, 'vocabulary' | 'batch'>, vocabulary: number): NamedTensors {
  const table = Object.entries(MODELS.gpt.params(config, vocabulary));
  const all = new Float32Array(Math.max(...table.map(([, { shape }]) => sizeOf(shape))));
  return new Map(table.map(([name, { shape }]) => [name, { shape, data: all.subarray(0, sizeOf(shape)) }]));
}

/** Attention's kernels in their forms: causal, over lengths, with shared heads of keys, across. */
function heads(gpu: Gpu, D: number, adapter: Parameters<typeof pretend>[1]): void {
  const pretending = pretend(gpu, adapter);
  const [B, T, H] = [2, 256, 4];
  const lengths = tf.tensor1d([T, 9], 'int32');
  const gradients = (from: Record<string, tf.Tensor>, settings: Settings): void => {
    const call = (...x: tf.Tensor[]): tf.Scalar => {
      const given = Object.fromEntries(Object.keys(from).map((name, i) => [name, x[i]!]));
      return tf.sum(attention({ ...given, lengths } as unknown as Parameters<typeof attention>[0], settings));
    };
    tf.tidy(() => void tf.grads(call)(Object.values(from)));
  };
  for (const kvHeads of [H, 1]) {
    for (const causal of [true, false]) {
      const settings = { rows: B, heads: H, kvHeads, causal };
      gradients({ qkv: tf.zeros([B * T, (H + 2 * kvHeads) * D]) }, settings);
      gradients({ q: tf.zeros([B * 9, H * D]), kv: tf.zeros([B * T, 2 * kvHeads * D]) }, settings);
    }
  }
  pretending.undo();
}

async function withCut(gpu: Gpu, name: string, act: () => Promise<void>): Promise<void> {
  // An adapter whose subgroups have one size may take products from lane to lane.
  const pretending = pretend(gpu, name === 'broadcast' ? { lanes: 32 } : {});
  for (const shapes of SHAPE_CLASSES) {
    const cuts: Readonly<Record<string, Cut>> = candidates(gpu, shapes);
    const cut = cuts[name];
    if (cut) choose(gpu, shapes, cut);
  }
  await act();
  pretending.undo();
}

/** More numbers at once than any GPU has registers for: what the check must find. */
function spill(): void {
  const n = 600;
  const each = Array.from({ length: n }, (_, i) => i);
  const kernel = kernels(() => ({
    name: 'spilling',
    bindings: { x: ['update', 'f32'] } as const,
    workgroup: [64, 1, 1] as const,
    grid: [1, 1, 1] as const,
    body: `
  ${each.map((i) => `let v${i} = x[lane + ${64 * i}u];`).join(' ')}
  storageBarrier();
  ${each.map((i) => `x[lane + ${64 * (n - 1 - i)}u] = v${i} * v${(7 * i + 1) % n};`).join(' ')}`,
  }))();
  dispatch(kernel, { x: emptyTensor([64 * n], 'float32') });
}

console.log = console.info = console.warn = () => undefined;
installDawn();
tf.enableProdMode();
announcePipelines();
if (process.argv.includes('--spill')) await compileOn('spilling', () => spill());
else await compileAll();
process.exit();
