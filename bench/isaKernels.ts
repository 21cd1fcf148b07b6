/**
 * Makes the driver compile every kernel of training, evaluation and decoding, in every variant that an adapter may get.
 * isa.ts runs this script on a driver for an emulated GPU.
 *
 *     node --import tsx bench/isaKernels.ts recorded folder
 *
 * writes the kernels without subgroups at default limits into a folder instead, for the compiler of another browser
 * (oracles/test_webgpu.py).
 */
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { HomegrownError } from '../src/core/base/errors';
import { ADAPTERS } from '../src/core/adapters';
import { type Trainable, linearWeights, partsOf } from '../src/core/adapters/trainable';
import { initialValues } from '../src/core/base/field';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { evaluator } from '../src/core/evaluate/evaluator';
import { type AdapterSummary, finished, openGpu } from '../src/core/gpu/backend';
import { dispatch, type Kernel } from '../src/core/gpu/dispatch';
import { emptyTensor } from '../src/core/gpu/tfjs';
import { MODELS, modelSpec } from '../src/core/models';
import { type Network, network } from '../src/core/models/network';
import { type ParamTable, sizeOf } from '../src/core/models/spec';
import { loadObjective } from '../src/core/objectives';
import { attention } from '../src/core/ops/attention';
import type { Settings } from '../src/core/ops/attentionForm';
import { candidates, setTiling, SHAPE_CLASSES } from '../src/core/ops/tiling';
import { qkNorm } from '../src/core/ops/qkNorm';
import { qkNormRows } from '../src/core/ops/qkNormRows';
import { matrixRate } from '../src/core/ops/matrixRate';
import { softmaxCrossEntropy } from '../src/core/ops/softmaxCrossEntropy';
import { tune } from '../src/core/ops/tune';
import { decoder } from '../src/core/sample/decoder';
import { logits } from '../src/core/sample/logits';
import { memory } from '../src/core/sample/memory';
import { limit } from '../src/testing/dawn';
import { pretend, WITHOUT_SUBGROUPS } from '../src/testing/pretend';
import { learner } from '../src/core/train/learner';
import { openOptimizer } from '../src/core/train/optimizerState';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import type { ModelChoice } from '../src/core/train/run';
import { type Updater, updater } from '../src/core/train/updater';
import { installRecorder } from '../oracles/recordedGpu';
import type { IsaAdapter, Selection } from './isa';
import { installCompiler } from './isaDevice';
import { layers as opsOfLayers } from './layers';
import { batchOf, madeUp, modelOf, recipeOf, type Shape, SHAPES } from './step';
import { momentsLike } from './tracedStep';

/** Arguments: `recorded` and a folder; or an adapter, a selection, the driver's output file and the results file. */
const [adapter, selection, printed, found] = process.argv.slice(2) as [IsaAdapter, Selection, string, string];
const isRecorded = process.argv[2] === 'recorded';
/** Batch of presets: the usual batch of the largest preset exceeds the default limits. */
const BATCH = isRecorded ? 8 : DEFAULT_RECIPE.batch;

/** Shapes by name: those of the step benchmark, and the presets. */
const CONFIGS: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(Object.entries(SHAPES).filter(([, { lora }]) => !lora)), // a whole model covers them
  ...Object.fromEntries(
    MODELS.gpt.presets.map(({ name, config }) => [name, { ...config, vocabulary: 1024, batch: BATCH }]),
  ),
};

/** Properties of an adapter, and the tiling of products that it may have measured to be fastest. */
interface Variant {
  adapter?: Partial<Pick<AdapterSummary, 'software' | 'lanes' | 'minLanes'>>;
  tiling?: string;
}
const VARIANTS: Readonly<Record<string, Variant>> = {
  '': {},
  'without subgroups': { adapter: WITHOUT_SUBGROUPS },
  'small tiling': { tiling: 'small' },
  'large tiling': { tiling: 'large' },
  'wide tiling': { tiling: 'wide' },
  ...Object.fromEntries(
    [4, 8, 16, 32].map((n) => [`subgroups of ${n}`, { adapter: { lanes: n, minLanes: n }, tiling: 'broadcast' }]),
  ),
};

/** Config whose registers the test bounds kernel by kernel. */
const REGISTERS_COUNTED = 'heads of 64';

async function compileAll(): Promise<void> {
  for (const [name, shape] of Object.entries(CONFIGS)) {
    await wholeModel(name, shape);
    await everyVariant(name, { ...shape, layers: Math.min(shape.layers, 2) }); // all layers have the same kernels
  }
  if (!recording) {
    // The minimum binding size of WebGPU splits tables as large as this one.
    const limited = limit(gpu.device, 'maxStorageBufferBindingSize', 2 ** 27);
    await wholeModel('G', SHAPES.G, 'bindings of 128 MiB');
    limited.undo();
  }
  for (const D of [16, 32, 64, 80, 128]) {
    for (const name of ['', 'without subgroups', 'subgroups of 4']) {
      await inVariant(`heads of ${D}`, name, () => heads(D));
    }
  }
  for (const name of ['', 'subgroups of 4', 'subgroups of 8', 'subgroups of 16', 'subgroups of 32']) {
    await inVariant('measuring', name, async () => {
      await tune(clock());
      await matrixRate(clock());
    });
  }
  for (const name of Object.keys(VARIANTS)) await inVariant('other ops', name, otherOps);
}

/** Runs `act` with the engine's choices for a variant. */
async function inVariant(config: string, name: string, act: () => unknown): Promise<void> {
  const { adapter, tiling } = VARIANTS[name]!;
  if (recording && adapter) return; // the recorder has no subgroups in any variant
  compiler?.usedBy(config, name, config === REGISTERS_COUNTED);
  const pretending = pretend(gpu, adapter ?? {});
  for (const shapes of SHAPE_CLASSES) {
    const chosen = tiling === undefined ? undefined : candidates(gpu, shapes)[tiling];
    if (chosen) setTiling(gpu, shapes, chosen);
  }
  await act();
  await gpu.orFailed(finished(gpu));
  pretending.undo();
}

async function wholeModel(config: string, shape: Shape, variant = ''): Promise<void> {
  compiler?.usedBy(config, variant);
  const values = new Map([...zeros(shape), ...momentsLike('adamw', zeros(shape))]);
  const learning = await learner(modelOf(shape), recipeOf(shape), values, () => 0);
  await step(learning, shape);
  await read(learning.network, shape);
  learning.dispose();
  await gpu.orFailed(finished(gpu));
}

async function everyVariant(config: string, shape: Shape): Promise<void> {
  const objective = await loadObjective(recipeOf(shape).objective, recipeOf(shape));
  const net = await network(modelOf(shape), zeros(shape));
  const optimizer = await openOptimizer('adamw', net.params, momentsLike('adamw', zeros(shape)));
  for (const name of Object.keys(VARIANTS)) {
    await inVariant(config, name, async () => {
      for (const changed of [{}, { recompute: true, dropout: 0.1 }]) {
        const updates = updater(net, objective, optimizer, { ...recipeOf(shape), ...changed }, () => 0);
        await step(updates, shape);
        updates.dispose();
      }
      await read(net, shape);
    });
  }
  for (const each of [net, optimizer]) each.dispose();
  const apart = modelOf(shape);
  const untied = { ...apart, config: { ...apart.config, untied: true } } as const;
  const recipe = { ...recipeOf(shape), optimizer: 'sgd', accumulate: 2, dropout: 0.1 } as const;
  await inVariant(config, '', async () => {
    const learning = await learner(untied, recipe, zerosOf(tableOf(untied)), () => 0);
    await step(learning, shape, recipe.accumulate);
    learning.dispose();
    for (const changed of [{ optimizer: 'lion', emaDecay: 0.9 }, { optimizer: 'muon' }] as const) {
      const other = await learner(apart, { ...recipeOf(shape), ...changed }, zeros(shape), () => 0);
      await step(other, shape);
      other.dispose();
    }
    for (const trainable of partsOfModel(shape)) {
      const part = await learner(modelOf(shape), recipeOf(shape), zeros(shape, trainable), () => 0, trainable);
      await step(part, shape);
      part.dispose();
    }
  });
}

/** Trainable parts that cover all combinations of gradients with kernels: LoRA, one-dimensional weights, and half. */
function partsOfModel(shape: Shape): Trainable[] {
  const table = tableOf(modelOf(shape));
  const names = Object.keys(table);
  const targets = linearWeights(table);
  return [
    ...[0, 0.1].map((dropout): Trainable => {
      const settings = { ...initialValues(ADAPTERS.lora.fields), dropout };
      return { weights: [], adapter: { id: 'lora', settings, beside: targets }, rest: dropout > 0 ? 'f16' : 'f32' };
    }),
    { weights: names.filter((name) => !table[name]!.decay) },
    { weights: names.filter((name) => name.includes('.1.') || table[name]!.perToken) },
  ];
}
const tableOf = ({ id, config, vocabulary }: ModelChoice) => modelSpec(id).params(config, vocabulary);

async function step(updates: Updater, shape: Shape, accumulate = 1): Promise<void> {
  await updates.step(1, await batchOf(shape, accumulate));
}

/** Evaluates a model, and decodes if it can. */
async function read(net: Network, shape: Shape): Promise<void> {
  const { batch, context, vocabulary } = shape;
  const recipe = recipeOf(shape);
  const evaluating = evaluator(net, await loadObjective(recipe.objective, recipe));
  const tokens = batch * context;
  const source = { tokens: tokens + 1, bytes: tokens, vocabulary, read: nothingButZeros };
  await evaluating.measure(source, { rows: batch, tokens }, madeUp(vocabulary));
  const { kind } = modelSpec(net.choice.id);
  const answered = kind === 'encoder-decoder' ? [1, 2, 3] : undefined;
  if (kind !== 'encoder') {
    const decoding = decoder(net, answered);
    const full = Array.from({ length: context }, () => 1);
    for (const prompt of [[1, 2], full.slice(1), full]) await decoding.next(prompt); // the last: 1 token
    decoding.dispose();
  }
  const kept = answered && memory(net, answered);
  await logits(net, [1, 2, 3], undefined, kept).catch(unlessAllZero);
  kept?.dispose();
  evaluating.dispose();
}
/** Ignores the overflow error: kernels are only compiled, so that every score is 0. */
function unlessAllZero(error: unknown): void {
  if (!(error instanceof HomegrownError && error.code === 'diverged')) throw error;
}
const nothingButZeros = (_: number, length: number) => Promise.resolve(new Uint32Array(length));

/** Weights as views of the same zeros; a copy may share them too, because nothing changes them. */
function zeros(shape: Shape, trainable?: Trainable): NamedTensors {
  const { own, added } = partsOf(tableOf(modelOf(shape)), trainable);
  return zerosOf({ ...own, ...added });
}
function zerosOf(parameters: ParamTable): NamedTensors {
  const table = Object.entries(parameters);
  const all = new Float32Array(Math.max(...table.map(([, { shape }]) => sizeOf(shape))));
  const view = (size: number): Float32Array => {
    const zeros = all.subarray(0, size);
    return Object.assign(zeros, { slice: () => zeros });
  };
  return new Map(table.map(([name, { shape }]) => [name, { shape, data: view(sizeOf(shape)) }]));
}

/**
 * Compiles attention's kernels in all forms: causal or not, with lengths, shared key heads, cross-attention, one query,
 * a bias, a window, dropout, and documents in rows; and the norms of heads.
 */
function heads(D: number): void {
  const [B, T, H] = [2, 256, 4];
  const over = (from: Record<string, tf.Tensor>, limits: Record<string, tf.Tensor>, settings: Settings): void => {
    const call = (...x: tf.Tensor[]): tf.Scalar => {
      const given = Object.fromEntries(Object.keys(from).map((name, i) => [name, x[i]!]));
      return tf.sum(
        attention({ ...given, ...limits, counter } as unknown as Parameters<typeof attention>[0], settings),
      );
    };
    tf.tidy(() => void tf.grads(call)(Object.values(from)));
  };
  const gradients = (from: Record<string, tf.Tensor>, lengths: tf.Tensor | undefined, settings: Settings): void =>
    over(from, lengths ? { lengths } : {}, settings);
  const [all, counter] = [tf.tensor1d([T, 9], 'int32'), tf.tensor1d([1, 1], 'int32')];
  const dropout = { probability: 0.1, purpose: 'isa' };
  const documents = { places: tf.zeros([B * T], 'int32'), ends: tf.ones([B * T], 'int32') };
  for (const more of [{}, { window: 40, dropout }]) {
    const [qkv, settings] = [tf.zeros([B * T, 3 * H * D]), { rows: B, heads: H, causal: true, ...more }];
    over({ qkv }, documents, settings);
    over({ qkv, bias: tf.zeros([H, T, T]) }, documents, settings);
  }
  for (const kvHeads of [H, 2, 1]) {
    const normed = { rows: B, heads: H, kvHeads, base: 10_000, epsilon: 1e-6 };
    const norms = (x: tf.Tensor, q: tf.Tensor, k: tf.Tensor) => tf.sum(qkNorm(x as tf.Tensor2D, { q, k }, normed));
    const given = [tf.zeros([B * T, (H + 2 * kvHeads) * D]), tf.zeros([D]), tf.zeros([D])];
    tf.tidy(() => void tf.grads(norms as (...x: tf.Tensor[]) => tf.Scalar)(given));
    const rows = (x: tf.Tensor, q: tf.Tensor, k: tf.Tensor) => tf.sum(qkNormRows(x as tf.Tensor2D, { q, k }, 1e-6));
    const wide = [given[0]!, tf.zeros([H * D]), tf.zeros([kvHeads * D])];
    tf.tidy(() => void tf.grads(rows as (...x: tf.Tensor[]) => tf.Scalar)(wide));
    const kv = tf.zeros([B * T, 2 * kvHeads * D]);
    for (const [causal, lengths] of [
      [true, all],
      [false, all],
      [true, undefined],
    ] as const) {
      const settings = { rows: B, heads: H, kvHeads, causal };
      const qkv = tf.zeros([B * T, (H + 2 * kvHeads) * D]);
      gradients({ qkv }, lengths, settings);
      gradients({ qkv, bias: tf.zeros([H, T, T]) }, lengths, settings);
      for (const changed of kvHeads === 2 ? [{ window: 40 }, { window: 40, dropout }] : []) {
        gradients({ qkv }, lengths, { ...settings, ...changed });
        gradients({ qkv, bias: tf.zeros([H, T, T]) }, lengths, { ...settings, ...changed });
      }
      for (const queries of [9, 1]) {
        const q = tf.zeros([B * queries, H * D]);
        gradients({ q, kv }, lengths, settings);
        gradients({ q, kv, bias: tf.zeros([H, queries, T]) }, lengths, settings);
      }
    }
  }
}

/** Compiles ops that no model here uses, and those of a loss within another expression. */
function otherOps(): void {
  for (const work of opsOfLayers(SHAPES.S)) {
    const tensors = work.make();
    tf.tidy(() => work.ours(tensors));
    tf.dispose(tensors);
    work.end?.();
  }
  const doubled = (hidden: tf.Tensor2D, classifier: tf.Tensor2D) =>
    tf.mul<tf.Scalar>(
      softmaxCrossEntropy({ hidden, classifier }, tf.zeros([64], 'int32'), tf.tensor1d([64], 'int32')),
      2,
    );
  tf.tidy(() => void tf.grads(doubled as (...x: tf.Tensor[]) => tf.Scalar)([tf.zeros([64, 8]), tf.zeros([65, 8])]));
}

/** A clock that runs fast, so that measurements end soon. */
function clock(): () => number {
  let ms = 0;
  return () => (ms += 100);
}

/** Compiles a kernel with more live values than any GPU has registers, which the check must find. */
function spilling(): void {
  const each = Array.from({ length: 600 }, (_, i) => i);
  one(`
  ${each.map((i) => `let v${i} = x[lane + ${64 * i}u];`).join(' ')}
  storageBarrier();
  ${each.map((i) => `x[lane + ${64 * (599 - i)}u] = v${i} * v${(7 * i + 1) % 600};`).join(' ')}`);
}
function failing(): void {
  one('x[lane] = nonsense;');
}

function one(body: string): void {
  const sizes = { workgroup: [64, 1, 1], grid: [1, 1, 1] } as const;
  const kernel: Kernel<'x'> = { name: 'one', bindings: { x: ['update', 'f32'] }, ...sizes, body };
  dispatch(kernel, { x: emptyTensor([64 * 600], 'float32') });
}

console.log = console.info = console.warn = () => undefined;
const recording = isRecorded ? installRecorder('pipelines') : undefined;
const compiler = recording ? undefined : installCompiler(adapter, printed, selection === 'all');
tf.enableProdMode();
const gpu = await openGpu();
if (recording) pretend(gpu, WITHOUT_SUBGROUPS);
compiler?.usedBy('one', '', true);
if (selection === 'spilling') spilling();
else if (selection === 'failing') failing();
else await compileAll();
await gpu.orFailed(finished(gpu));
recording?.save(selection);
if (compiler) writeFileSync(found, JSON.stringify(compiler.kernels()));
process.exit();
