/** npm run bench -- step | ops | text | tokenizer | evaluation | isa | estimate | cleaning: times of training steps, kernels, reading and tokenizing, and the effect of cleaning. */
import { totalmem } from 'node:os';
import { benchOps, type OpReport } from '../bench/ops';
import {
  benchStep,
  countedGpu,
  inTurn,
  modelOf,
  profileStep,
  type Shape,
  SHAPES,
  type StepReport,
} from '../bench/step';
import { benchRivals, type RivalReport } from '../bench/rivals';
import { ADAPTERS, type KernelIsa, kernelsOn, whyNot } from '../bench/isa';
import { DEVICES } from '../bench/devices';
import { type Estimate, estimateAll } from '../bench/estimate';
import { benchEvaluation } from '../bench/evaluation';
import { benchHelps } from '../bench/cleaningHelps';
import { benchText, TEXT_CASES } from '../bench/text';
import { benchTokenizer } from '../bench/tokenizer';
import { badSettings, HomegrownError } from '../src/core/base/errors';
import { formatBytes } from '../src/core/base/units';
import { MODELS, modelSpec } from '../src/core/models';
import { countParams } from '../src/core/models/spec';
import { MAX_VOCABULARY, MIN_VOCABULARY } from '../src/core/tokenizer/train';
import type { Values } from './options';
import { beginCleaners } from '../node/texts/cleaners';
import { command, type Commands, openDevice, print, stderr } from './terminal';

const adapter = {
  kind: 'text',
  path: 'none',
  initial: '',
  help: 'Part of the name of the GPU that Dawn uses',
} as const;
const json = { kind: 'switch', help: 'Print one JSON object' } as const;
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
  profile: { kind: 'switch', help: 'Time each kernel instead' },
  json,
} as const;
const OPS = { adapter, json } as const;
const ISA = { json } as const;
const ESTIMATE = { adapter, json } as const;
const EVALUATION = {
  config: { kind: 'choice', of: ['S', 'M'], initial: 'S', help: 'Size preset to measure' },
  tokens: { kind: 'whole', min: 1000, max: 1e6, initial: 20_000, help: 'Tokens to evaluate' },
  json,
} as const;
const TEXT = {
  large: {
    kind: 'whole',
    min: 1,
    max: 100_000,
    initial: 200,
    help: 'Size of each text to read, tokenize and shard, in MB',
  },
  only: { kind: 'choice', of: TEXT_CASES, otherwise: 'all', help: 'Run only this measurement' },
  json,
} as const;
const CLEANING = {
  steps: { kind: 'whole', min: 1, max: 1e6, initial: 300, help: 'Steps per run, for six runs' },
  json,
} as const;
const TOKENIZER = {
  vocab: {
    kind: 'whole',
    min: MIN_VOCABULARY,
    max: MAX_VOCABULARY,
    initial: 4096,
    help: 'BPE vocabulary size',
  },
  json,
} as const;

async function benchEachOp({ adapter, json }: Values<typeof OPS>): Promise<void> {
  const { name } = await countedGpu(adapter === '' ? undefined : adapter);
  const ops = await benchOps();
  if (json) print(JSON.stringify({ adapter: name, ops: ops.map((op) => roundNumbers(op)) }));
  else print([name, ...opsTable(ops)].join('\n'));
}

async function benchTexts({ large, only, json }: Values<typeof TEXT>): Promise<void> {
  const reports = await benchText(large, beginCleaners, only);
  if (json) {
    print(JSON.stringify({ text: reports.map((report) => roundNumbers(report)) }));
    return;
  }
  const head = [
    '',
    'files',
    'documents',
    'MB',
    'seconds',
    'CPU seconds',
    'MB/s',
    'memory MB',
    'heap MB',
    'longest task ms',
  ];
  const cells = reports.map(({ name, bytes, ...figures }) => [
    name,
    ...[figures.files, figures.documents, bytes / 1e6].map((value) => Math.round(value).toLocaleString('en-GB')),
    ...[figures.seconds, figures.processorSeconds, figures.megabytesPerSecond].map((value) => value.toFixed(1)),
    ...[figures.peakMB, figures.heapMB, figures.longestTurnMs].map((value) => value.toFixed(0)),
  ]);
  print(inColumns([head, ...cells], 1).join('\n'));
}

async function benchCleaning({ steps, json }: Values<typeof CLEANING>): Promise<void> {
  const reports = await benchHelps(steps, (words) => stderr.write(`${words}\n`));
  if (json) {
    print(JSON.stringify({ cleaning: reports.map((report) => roundNumbers(report)) }));
    return;
  }
  const cells = reports.map(({ recipe, seed, characters, bitsPerByte, low, high }) => [
    recipe,
    String(seed),
    characters.toLocaleString('en-GB'),
    `${bitsPerByte.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
  ]);
  print(inColumns([['recipe', 'seed', 'characters', 'bits per byte of clean text'], ...cells], 1).join('\n'));
}

const roundNumbers = (report: object): object =>
  Object.fromEntries(
    Object.entries(report).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(4)) : (value as unknown),
    ]),
  );

function opsTable(ops: readonly OpReport[]): string[] {
  const cells = ops.map(({ config, op, ms, gflops, gbps, tfjsMs, ratio }) => [
    config,
    op,
    ms.toFixed(2),
    gflops?.toFixed(1) ?? '',
    gbps.toFixed(1),
    tfjsMs.toFixed(2),
    ratio.toFixed(1),
  ]);
  const rows = [['', 'kernel', 'ms', 'GFLOP/s', 'GB/s', 'tfjs ms', 'tfjs / ours'], ...cells];
  return inColumns(rows, 2);
}

async function benchIsa({ json }: Values<typeof ISA>): Promise<void> {
  const kernels: KernelIsa[] = [];
  for (const adapter of ADAPTERS) {
    const missing = await whyNot(adapter);
    if (missing === undefined) kernels.push(...(await kernelsOn(adapter, 'all')));
    else stderr.write(`Couldn't compile for ${adapter}: ${missing}.\n`);
  }
  if (json) print(JSON.stringify({ kernels }));
  else {
    const head = ['', '', 'kernel', 'registers', 'spilled', 'scratch', 'workgroup memory', 'waves', 'instructions'];
    print(inColumns([head, ...kernels.map((kernel) => Object.values(kernel).map(String))], 3).join('\n'));
  }
}

async function benchEstimate({ adapter, json }: Values<typeof ESTIMATE>): Promise<void> {
  await countedGpu(adapter === '' ? undefined : adapter);
  const { steps, estimates, before } = await estimateAll();
  if (json) {
    const [roundedSteps, current, previous] = [steps, estimates, before].map((list) =>
      list.map((estimate) => roundNumbers(estimate)),
    );
    print(JSON.stringify({ steps: roundedSteps, devices: DEVICES, estimates: current, before: previous }));
    return;
  }
  const cells = ({ device, config, ms, products, attention, attentionBackward, others, mfu }: Estimate, when = '') => [
    `${device}${when}`,
    config,
    ...[ms, products, attention, attentionBackward, others].map((value) => value.toLocaleString('en-GB', THREE_DIGITS)),
    (100 * mfu).toFixed(0),
  ];
  const head = [
    'estimated milliseconds, not measured',
    '',
    'step',
    'products',
    'attention',
    'attention backward',
    'others',
    'MFU %',
  ];
  const rows = [
    ...estimates.map((estimate) => cells(estimate)),
    ...before.map((estimate) => cells(estimate, ', as of 7bac939')),
  ];
  print(inColumns([head, ...rows], 2).join('\n'));
}
const THREE_DIGITS = { maximumSignificantDigits: 3 };

/** Aligns the first `words` columns left and numbers right. */
function inColumns(rows: readonly (readonly string[])[], words: number): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i < words ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

async function benchEvaluations({ config, tokens, json }: Values<typeof EVALUATION>): Promise<void> {
  await openDevice('wasm');
  const report = await benchEvaluation(SHAPES[config], tokens);
  if (json) print(JSON.stringify(roundNumbers(report)));
  else for (const [name, value] of Object.entries(roundNumbers(report))) print(`${name.padEnd(16)}${value}`);
}

async function benchTokenizers({ vocab, json }: Values<typeof TOKENIZER>): Promise<void> {
  const { tokenizers, trainSeconds, encodeMBps, rivals } = await benchTokenizer(vocab);
  if (json) {
    const [ownRates, rivalRates] = [tokenizers, rivals].map((reports) => reports.map((report) => roundNumbers(report)));
    print(JSON.stringify({ tokenizers: ownRates, ...roundNumbers({ trainSeconds, encodeMBps }), rivals: rivalRates }));
    return;
  }
  const head = ['', 'entries', 'trained in ms', 'encoded in ms', 'MB/s', 'decoded in ms', 'bytes per token'];
  const rows = tokenizers.map(
    ({ kind, vocabulary, trainMs, encodeMs, megabytesPerSecond, decodeMs, bytesPerToken }) => [
      kind,
      String(vocabulary),
      trainMs.toFixed(0),
      encodeMs.toFixed(0),
      megabytesPerSecond.toFixed(1),
      decodeMs.toFixed(0),
      bytesPerToken.toFixed(2),
    ],
  );
  print(inColumns([head, ...rows], 1).join('\n'));
  const others = rivals.map(({ name, megabytesPerSecond }) => `${name} ${megabytesPerSecond.toFixed(1)}`).join(', ');
  print(`\n8,192 entries from 10 MB of English: trained in ${trainSeconds.toFixed(2)} s.`);
  print(`With GPT-2's vocabulary, second pass: ${encodeMBps.toFixed(1)} MB/s (${others}).`);
}

async function benchOneStep(options: Values<typeof STEP>): Promise<void> {
  const { vocab: vocabulary, context, width, heads, layers, batch } = options;
  const overrides = { vocabulary, context, width, heads, layers, batch };
  const chosenSizes = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const shape: Shape = { ...SHAPES[options.config], ...chosenSizes };
  checkShape(shape, options.device);
  const adapter = options.adapter === '' ? undefined : options.adapter;
  const onWasm = async () => ({ name: (await openDevice('wasm', options.threads)).kind });
  const device = options.device === 'webgpu' ? await countedGpu(adapter) : await onWasm();
  if (options.profile) {
    const kernels = await profileStep(shape);
    const line = ({ kernel, runs, ms }: (typeof kernels)[number]) =>
      `${ms.toFixed(2).padStart(10)} ms  ${String(runs).padStart(4)} x  ${kernel}`;
    print(options.json ? JSON.stringify(kernels) : kernels.map(line).join('\n'));
    process.exit();
  }
  const report = await benchStep(shape, options.steps, device);
  const config = Object.keys(chosenSizes).length > 0 ? shape : options.config;
  if (options.json) print(JSON.stringify({ config, ...rounded(report) }));
  else {
    print(stepTable(config, report));
    if (shape.lora !== undefined) {
      const { lora: _, ...fullShape } = shape;
      const [ms, wholeMs] = (await inTurn([shape, fullShape], options.steps)) as [number, number];
      const ratio = (ms / wholeMs).toFixed(2);
      print(`\nalternating with full training: ${ms.toFixed(1)} ms per step against ${wholeMs.toFixed(1)}: ${ratio} x`);
      return;
    }
    if (shape.model !== undefined) {
      const { model: _, ...asGpt } = shape;
      const [ms, gptMs] = (await inTurn([shape, asGpt], options.steps)) as [number, number];
      print(
        `\nalternating with a GPT: ${ms.toFixed(1)} ms per step against ${gptMs.toFixed(1)}: ${(ms / gptMs).toFixed(2)} x`,
      );
      return;
    }
    // Rivals use WebGPU in a process of their own, so that this one's memory doesn't slow them.
    if (options.device === 'webgpu')
      print(rivalsTable(report, await benchRivals(shape, Math.min(options.steps, 8), adapter)).join('\n'));
  }
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

export const benchCommands: Commands = [
  command({
    name: 'bench step',
    about: 'Measures a training step of any shape, and other trainers if they are installed.',
    options: STEP,
    examples: ['--config M', '--vocab 300 --context 128 --width 64 --heads 2 --layers 2 --batch 8 --device wasm'],
    run: benchOneStep,
  }),
  command({
    name: 'bench ops',
    about: 'Compares each kernel of a step with its TensorFlow.js counterpart.',
    options: OPS,
    examples: ['--json'],
    run: benchEachOp,
  }),
  command({
    name: 'bench text',
    about: 'Measures reading, cleaning, tokenizing and sharding of documents.',
    options: TEXT,
    examples: ['--json', "--only 'read, cleaned, tokenized and sharded' --large 2000"],
    run: benchTexts,
  }),
  command({
    name: 'bench tokenizer',
    about: 'Compares training a tokenizer and encoding text with other packages.',
    options: TOKENIZER,
    examples: ['--vocab 8192'],
    run: benchTokenizers,
  }),
  command({
    name: 'bench evaluation',
    about: 'Measures the overhead of an evaluation on WASM, and metrics on 3,000 sentence pairs.',
    options: EVALUATION,
    examples: ['--config M --json'],
    run: benchEvaluations,
  }),
  command({
    name: 'bench isa',
    about: 'Compiles every kernel for GPUs that this machine lacks, and reports their needs.',
    options: ISA,
    examples: ['--json'],
    run: benchIsa,
  }),
  command({
    name: 'bench estimate',
    about: 'Estimates the time of a training step on GPUs that this machine lacks.',
    options: ESTIMATE,
    examples: ['--json'],
    run: benchEstimate,
  }),
  command({
    name: 'bench cleaning',
    about: 'Measures the gain from cleaning: trains a small model on a raw and a cleaned crawl, three times each.',
    options: CLEANING,
    examples: ['--steps 1000 --json'],
    run: benchCleaning,
  }),
];
