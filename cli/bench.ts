/** npm run bench -- step | ops | tokenizer: what a training step, each of its kernels, or cutting text costs. */
import { benchOps, type OpReport } from '../bench/ops';
import { benchStep, countedGpu, profileStep, type Shape, SHAPES, type StepReport } from '../bench/step';
import { benchRivals, type RivalReport } from '../bench/rivals';
import { benchTokenizer } from '../bench/tokenizer';
import { parseOptions, UsageError } from './options';
import { command, openDevice, print } from './terminal';

const size = { kind: 'whole', min: 1, max: 1e6, initial: 0 } as const;
const OPTIONS = {
  config: { kind: 'choice', of: ['S', 'M'], initial: 'S' },
  vocab: size,
  context: size,
  width: size,
  heads: size,
  layers: size,
  batch: size,
  steps: { kind: 'whole', min: 3, max: 1e5, initial: 12 },
  device: { kind: 'choice', of: ['webgpu', 'wasm'], initial: 'webgpu' },
  /** Part of the name of the adapter that Dawn shall take. */
  adapter: { kind: 'text', initial: '' },
  /** Time each kernel instead. */
  profile: { kind: 'switch' },
  json: { kind: 'switch' },
} as const;

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  step: benchOneStep,
  ops: benchEachOp,
  tokenizer: benchTokenizers,
};

async function bench([what = '', ...args]: readonly string[]): Promise<void> {
  const run = Object.hasOwn(BENCHES, what) ? BENCHES[what] : undefined;
  if (!run) throw new UsageError(`There is a bench ${Object.keys(BENCHES).join(' and ')}, not '${what}'.`);
  await run(args);
}

async function benchEachOp(args: readonly string[]): Promise<void> {
  const { adapter, json } = parseOptions({ adapter: OPTIONS.adapter, json: OPTIONS.json }, args);
  const { name } = await countedGpu(adapter === '' ? undefined : adapter);
  const ops = await benchOps();
  if (json) print(JSON.stringify({ adapter: name, ops: ops.map((op) => shortened(op)) }));
  else print([name, ...opsTable(ops)].join('\n'));
}

const shortened = (report: object): object =>
  Object.fromEntries(
    Object.entries(report).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(4)) : (value as unknown),
    ]),
  );

function opsTable(ops: readonly OpReport[]): string[] {
  const cells = ops.map(({ config, op, ms, gflops, gbps, tfjsMs, ratio }) => [
    ...[config, op, ms.toFixed(2), gflops?.toFixed(1) ?? '', gbps.toFixed(1), tfjsMs.toFixed(2), ratio.toFixed(1)],
  ]);
  const rows = [['', 'kernel', 'ms', 'GFLOP/s', 'GB/s', 'tfjs ms', 'tfjs / ours'], ...cells];
  return inColumns(rows, 2);
}

/** The first `words` columns to the left, numbers to the right. */
function inColumns(rows: readonly (readonly string[])[], words: number): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i < words ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

async function benchTokenizers(args: readonly string[]): Promise<void> {
  const { vocab, json } = parseOptions({ vocab: { ...size, initial: 4096 }, json: OPTIONS.json }, args);
  const reports = await benchTokenizer(vocab);
  if (json) print(JSON.stringify({ tokenizers: reports.map((report) => shortened(report)) }));
  else {
    const head = ['', 'entries', 'learnt in ms', 'cut in ms', 'MB/s', 'joined in ms', 'bytes a token'];
    const rows = reports.map(({ kind, vocabulary, trainMs, encodeMs, megabytesPerSecond, decodeMs, bytesPerToken }) => [
      ...[kind, String(vocabulary), trainMs.toFixed(0), encodeMs.toFixed(0), megabytesPerSecond.toFixed(1)],
      ...[decodeMs.toFixed(0), bytesPerToken.toFixed(2)],
    ]);
    print(inColumns([head, ...rows], 1).join('\n'));
  }
}

async function benchOneStep(args: readonly string[]): Promise<void> {
  const options = parseOptions(OPTIONS, args);
  const { vocab: vocabulary, context, width, heads, layers, batch } = options;
  const asked = { vocabulary, context, width, heads, layers, batch };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value > 0));
  const shape: Shape = { ...SHAPES[options.config], ...given };
  const adapter = options.adapter === '' ? undefined : options.adapter;
  const device = options.device === 'webgpu' ? await countedGpu(adapter) : { name: (await openDevice('wasm')).kind };
  if (options.profile) {
    const kernels = await profileStep(shape);
    const line = ({ kernel, runs, ms }: (typeof kernels)[number]) =>
      `${ms.toFixed(2).padStart(10)} ms  ${String(runs).padStart(4)} x  ${kernel}`;
    print(options.json ? JSON.stringify(kernels) : kernels.map(line).join('\n'));
    process.exit();
  }
  const report = await benchStep(shape, options.steps, device);
  const config = Object.keys(given).length > 0 ? shape : options.config;
  if (options.json) print(JSON.stringify({ config, ...rounded(report) }));
  else {
    print(table(config, report));
    // Theirs are for WebGPU; and what was alive in this process would weigh on them.
    if (options.device === 'webgpu')
      print(rivalsTable(report, await benchRivals(shape, Math.min(options.steps, 8), adapter)).join('\n'));
  }
}

function rivalsTable(ours: StepReport, { reports, missing }: Awaited<ReturnType<typeof benchRivals>>): string[] {
  const us: RivalReport = { ...ours, name: 'Homegrown', peakMB: ours.peakBytes / 1e6 };
  const rows = [us, ...reports].map((report) => [
    ...[report.name, report.ms.toFixed(1), report.dispatches, report.submits, report.buffersPerStep].map(String),
    ...[String(report.bindGroupsPerStep), report.peakMB.toFixed(1), `${(report.ms / ours.ms).toFixed(1)} x`],
  ]);
  const head = ['', 'ms a step', 'dispatches', 'submits', 'buffers', 'bind groups', 'peak MB', 'our time'];
  return ['', ...inColumns([head, ...rows], 1), ...missing];
}

/** The figures by which steps are compared; how long the GPU took by its own clock is in the table. */
function rounded({ adapter, losses, encodeMs, traceMs, firstStepMs, gpuMs: _, ...figures }: StepReport): object {
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    adapter,
    ...Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value, 1)])),
    ...{ encodeMs: round(encodeMs, 3), traceMs: round(traceMs, 1), firstStepMs: round(firstStepMs, 1) },
    losses: losses.map((loss) => round(loss, 6)),
  };
}

function table(config: string | Shape, { losses, ...figures }: StepReport): string {
  const lines = Object.entries({ config: typeof config === 'string' ? config : JSON.stringify(config), ...figures });
  const shown = (value: string | number | null) =>
    typeof value === 'number' ? value.toLocaleString('en-GB') : (value ?? 'unknown');
  const rows = lines.map(([name, value]) => `${name.padEnd(20)}${shown(value)}`);
  return [...rows, `losses              ${losses.map((loss) => loss.toFixed(4)).join(' ')}`].join('\n');
}

await command(bench);
