/** npm run bench -- step: what a training step costs, as a table or as one JSON line. */
import { benchStep, countedGpu, profileStep, type Shape, SHAPES, type StepReport } from '../bench/step';
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

async function bench([what, ...args]: readonly string[]): Promise<void> {
  if (what !== 'step') throw new UsageError(`There is a bench 'step', not '${what ?? ''}'.`);
  const options = parseOptions(OPTIONS, args);
  const { vocab: vocabulary, context, width, heads, layers, batch } = options;
  const asked = { vocabulary, context, width, heads, layers, batch };
  const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value > 0));
  const shape: Shape = { ...SHAPES[options.config], ...given };
  const device =
    options.device === 'webgpu'
      ? await countedGpu(options.adapter === '' ? undefined : options.adapter)
      : { name: (await openDevice('wasm')).kind };
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
  else print(table(config, report));
  process.exit(); // Dawn keeps the process alive.
}

function rounded(report: StepReport): object {
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  const short = (value: unknown) => (typeof value === 'number' ? round(value, 1) : value);
  const { losses, encodeMs, ...rest } = report;
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, short(value)])),
    encodeMs: round(encodeMs, 3),
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
