/** `npm run bench -- step`: time, rate and calls of a training step, compared with other libraries. */
import { totalmem } from 'node:os';
import { startTorch } from '../bench/torchSteps';
import { peakGigaflops } from '../bench/peak';
import { benchRivals, type RivalReport } from '../bench/rivals';
import {
  benchStep,
  countedGpu,
  inTurn,
  modelOf,
  profileStep,
  settled,
  type Shape,
  SHAPES,
  type StepReport,
} from '../bench/step';
import { badSettings, HomegrownError } from '../src/core/base/errors';
import { formatBytes } from '../src/core/base/units';
import { wasmThreads } from '../src/core/gpu/wasm';
import { MODELS, modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { MAX_VOCABULARY } from '../src/core/tokenizer/train';
import { adapter, json } from './benchFlags';
import type { Values } from './options';
import { inColumns, roundNumbers } from './table';
import { command, openDevice, print } from './terminal';

const { fields } = MODELS.gpt;
/** Limits of the model's sizes. */
const size = (label: string, max: number) =>
  ({ kind: 'whole', min: 1, max, otherwise: 'set by --config', help: label }) as const;
const STEP = {
  config: {
    kind: 'choice',
    of: Object.keys(SHAPES) as (keyof typeof SHAPES)[],
    initial: 'S',
    help: 'Size preset to measure',
  },
  vocab: size('Tokens in the vocabulary', MAX_VOCABULARY),
  context: size('Context', fields.context.max),
  width: size('Width', fields.width.max),
  heads: size('Heads', fields.heads.max),
  layers: size('Layers', fields.layers.max),
  batch: size('Rows', 4096),
  steps: { kind: 'whole', min: 3, max: 1e5, initial: 12, help: 'Steps to measure' },
  device: { kind: 'choice', of: ['webgpu', 'wasm'], initial: 'webgpu', help: 'Device' },
  threads: { kind: 'whole', min: 1, max: 64, otherwise: 'one per core', help: 'WASM threads' },
  adapter,
  beside: { kind: 'choice', of: ['torch'], otherwise: 'none', help: 'Alternate with PyTorch, on WASM' },
  profile: { kind: 'switch', help: 'Time each kernel instead' },
  json,
} as const;
async function benchOneStep(options: Values<typeof STEP>): Promise<void> {
  const { shape, config } = shapeOf(options);
  checkShape(shape, options.device);
  if (options.profile) {
    await openStepDevice(options);
    printProfile(await profileStep(shape), options.json);
    process.exit();
  }
  if (options.device === 'wasm') await benchOnWasm(shape, config, options);
  else await benchOnGpu(shape, config, options);
}

/** The shape, and what its table calls it: a preset, or its sizes. */
function shapeOf(options: Values<typeof STEP>): { shape: Shape; config: string | Shape } {
  const { vocab: vocabulary, context, width, heads, layers, batch } = options;
  const overrides = { vocabulary, context, width, heads, layers, batch };
  const chosenSizes = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const shape: Shape = { ...SHAPES[options.config], ...chosenSizes };
  return { shape, config: Object.keys(chosenSizes).length > 0 ? shape : options.config };
}

async function openStepDevice({ device, adapter, threads }: Values<typeof STEP>) {
  if (device === 'webgpu') return countedGpu(adapter === '' ? undefined : adapter);
  return { name: (await openDevice('wasm', threads)).kind };
}

function printProfile(kernels: Awaited<ReturnType<typeof profileStep>>, json: boolean): void {
  const line = ({ kernel, runs, ms }: (typeof kernels)[number]) =>
    `${ms.toFixed(2).padStart(10)} ms  ${String(runs).padStart(4)} x  ${kernel}`;
  print(json ? JSON.stringify(kernels) : kernels.map((kernel) => line(kernel)).join('\n'));
}

async function benchOnGpu(shape: Shape, config: string | Shape, options: Values<typeof STEP>): Promise<void> {
  if (options.beside) throw badSettings('PyTorch is compared on a CPU.', 'Add --device wasm.');
  const report = await benchStep(shape, options.steps, await openStepDevice(options));
  if (options.json) {
    print(JSON.stringify({ config, ...rounded(report) }));
    return;
  }
  print(stepTable(config, report));
  if (await printVariant(shape, options.steps)) return;
  // Rivals use WebGPU in a process of their own, so that this one's memory doesn't slow them.
  const adapter = options.adapter === '' ? undefined : options.adapter;
  print(rivalsTable(report, await benchRivals(shape, Math.min(options.steps, 8), adapter)).join('\n'));
}

/** What a step on WASM is compared with, all of it from one run. */
interface WasmFigures {
  /** Threads that helped, including the calling one. */
  threads: number;
  /** Rate of arithmetic without memory on as many threads, and the step's share of it. */
  peakGflops: number;
  peakShare: number;
  torch?: { version: string; ms: number; ratio: number };
}

async function benchOnWasm(shape: Shape, config: string | Shape, options: Values<typeof STEP>): Promise<void> {
  const device = await openStepDevice(options);
  const threads = wasmThreads()?.ready() ?? 1;
  const peakGflops = await peakGigaflops(threads);
  const torch = options.beside && (await startTorch(shape, threads));
  const torchMs: number[] = [];
  const report = await benchStep(shape, options.steps, device, torch && (async () => torchMs.push(await torch.step())));
  torch?.end();
  const figures: WasmFigures = { threads, peakGflops, peakShare: report.gflops / peakGflops };
  if (torch) {
    const ms = settled(torchMs);
    figures.torch = { version: torch.version, ms, ratio: report.ms / ms };
  }
  if (options.json) {
    print(JSON.stringify({ config, ...rounded(report), ...roundedFigures(figures) }));
    return;
  }
  print(stepTable(config, report));
  for (const line of wasmLines(figures)) print(line);
  await printVariant(shape, options.steps);
}

const wasmLines = ({ threads, peakGflops, peakShare, torch }: WasmFigures): string[] => [
  `threads             ${threads}`,
  `peak GFLOP/s        ${peakGflops.toFixed(1)} (multiplications and additions on 128-bit lanes, no memory)`,
  `share of peak       ${(100 * peakShare).toFixed(0)} %`,
  ...(torch
    ? [
        `PyTorch ${torch.version.padEnd(12)}${torch.ms.toFixed(1)} ms per step alternating with ours: we take ${torch.ratio.toFixed(2)} x`,
      ]
    : []),
];

const roundedFigures = ({ torch, threads, ...figures }: WasmFigures): object => ({
  threads,
  ...roundNumbers(figures),
  ...(torch && { torch: roundNumbers(torch) }),
});

/** Compares an adapter with full training, and an architecture with a GPT. @returns whether the shape is either */
async function printVariant(shape: Shape, steps: number): Promise<boolean> {
  const { lora, model, ...sizes } = shape;
  if (lora === undefined && model === undefined) return false;
  const other: Shape = lora === undefined ? sizes : { ...sizes, ...(model && { model }) };
  const [ms, otherMs] = (await inTurn([shape, other], steps)) as [number, number];
  const times = `${ms.toFixed(1)} ms per step against ${otherMs.toFixed(1)}: ${(ms / otherMs).toFixed(2)} x`;
  print(`\nalternating with ${lora === undefined ? 'a GPT' : 'full training'}: ${times}`);
  return true;
}

/** Memory of weights, gradients, two moments and activations, before any is allocated. */
function checkShape(shape: Shape, device: 'webgpu' | 'wasm'): void {
  const { id, config, vocabulary } = modelOf(shape);
  const spec = modelSpec(id);
  const problems = spec.problems(config);
  if (problems.length > 0) throw badSettings(problems.map(({ message }) => message).join(' '));
  const weights = 16 * countParams(spec.params(config, vocabulary));
  const bytes = weights + spec.activationBytes(config, vocabulary, { batch: shape.batch, recompute: false });
  const max = device === 'wasm' ? Math.min(2 ** 32, totalmem()) : totalmem();
  if (bytes <= max) return;
  const needs = `A step of this shape needs ${formatBytes(bytes)} of memory, but only ${formatBytes(max)}`;
  throw new HomegrownError('out-of-memory', `${needs} is available`);
}

function rivalsTable(ours: StepReport, { reports, missing }: Awaited<ReturnType<typeof benchRivals>>): string[] {
  const ownReport: RivalReport = { ...ours, name: 'Homegrown', peakMB: ours.peakBytes / 1e6 };
  const rows = [ownReport, ...reports].map((report) => [
    ...[report.name, report.ms.toFixed(1), report.dispatches, report.submits, report.buffersPerStep].map(String),
    String(report.bindGroupsPerStep),
    report.peakMB.toFixed(1),
    `${(report.ms / ours.ms).toFixed(1)} x`,
  ]);
  const head = ['', 'ms per step', 'dispatches', 'submits', 'buffers', 'bind groups', 'peak MB', 'relative time'];
  return ['', ...inColumns([head, ...rows], 1), ...missing];
}

/** Figures that compare steps; the table has the time by the GPU's own clock. */
function rounded({ adapter, losses, encodeMs, traceMs, firstStepMs, gpuMs: _, ...figures }: StepReport): object {
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    adapter,
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value, 1)])),
    encodeMs: round(encodeMs, 3),
    traceMs: round(traceMs, 1),
    firstStepMs: round(firstStepMs, 1),
    losses: losses.map((loss) => round(loss, 6)),
  };
}

function stepTable(config: string | Shape, { losses, ...figures }: StepReport): string {
  const lines = Object.entries({ config: typeof config === 'string' ? config : JSON.stringify(config), ...figures });
  const formatValue = (value: string | number | null) =>
    typeof value === 'number' ? value.toLocaleString('en-GB') : (value ?? 'unknown');
  const rows = lines.map(([name, value]) => `${name.padEnd(20)}${formatValue(value)}`);
  return [...rows, `losses              ${losses.map((loss) => loss.toFixed(4)).join(' ')}`].join('\n');
}

export const benchStepCommand = command({
  name: 'bench step',
  about: 'Measures a training step of any shape, and other trainers if they are installed.',
  options: STEP,
  examples: [
    '--config M',
    '--vocab 300 --context 128 --width 64 --heads 2 --layers 2 --batch 8 --device wasm',
    '--config M --device wasm --threads 2 --beside torch',
  ],
  run: benchOneStep,
});
