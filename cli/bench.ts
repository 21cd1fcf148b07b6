/** npm run bench -- step | ops | text | tokenizer | evaluation | isa | estimate | cleaning: times of training steps, kernels, reading and tokenizing, and the effect of cleaning. */
import { benchOps, type OpReport } from '../bench/ops';
import { countedGpu, SHAPES } from '../bench/step';
import { ADAPTERS, type KernelIsa, kernelsOn, whyNot } from '../bench/isa';
import { DEVICES } from '../bench/devices';
import { type Estimate, estimateAll } from '../bench/estimate';
import { benchEvaluation } from '../bench/evaluation';
import { benchHelps } from '../bench/cleaningHelps';
import { benchText, TEXT_CASES } from '../bench/text';
import { benchTokenizer } from '../bench/tokenizer';
import { MAX_VOCABULARY, MIN_VOCABULARY } from '../src/core/tokenizer/train';
import { beginCleaners } from '../node/texts/cleaners';
import { adapter, json } from './benchFlags';
import { benchStepCommand } from './benchStep';
import type { Values } from './options';
import { inColumns, roundNumbers } from './table';
import { command, type Commands, openDevice, print, stderr } from './terminal';

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

export const benchCommands: Commands = [
  benchStepCommand,
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
