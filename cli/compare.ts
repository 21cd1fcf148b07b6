/** npm run compare: whether one model gives a text a higher likelihood than another. */
import { comparisonWords } from '../src/core/evaluate/compare';
import { type ComparedModel, compareModels, readTextToCompare } from '../node/runs/compareModels';
import type { Values } from './options';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';
import { usedStep } from './stepWords';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the first model' },
  with: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the second model' },
  text: { kind: 'texts', path: 'reads', help: 'Files or folders to evaluate both on' },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 0, help: 'Seed of the bootstrap interval' },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else wasm',
  },
  json: { kind: 'switch', help: 'Print one JSON object' },
} as const;

async function compare(values: Values<typeof OPTIONS>): Promise<void> {
  const signal = interruptible();
  const toCompare = await readTextToCompare([values.from, values.with], values.text, signal);
  await openDevice(values.device);
  const { found: comparison, first, second } = await compareModels(toCompare, values.seed, signal);
  const { difference, low, high, verdict, times } = comparison;
  const unit = 'bits per byte';
  const isNormalizedDifferently = first.normalized !== second.normalized;
  if (values.json) {
    const forms = isNormalizedDifferently && { normalised: { from: first.normalized, with: second.normalized } };
    const steps = { from: usedStep(first.info).json?.step, with: usedStep(second.info).json?.step };
    print(
      JSON.stringify({ difference, low, high, unit, verdict, steps, ...(times !== undefined && { times }), ...forms }),
    );
    return;
  }
  for (const { folder, info } of [first, second]) {
    const { words } = usedStep(info);
    if (words !== undefined) stderr.write(`${folder}: ${words}\n`);
  }
  print(`${values.with}, compared with ${values.from}: ${comparisonWords(comparison)}.`);
  if (isNormalizedDifferently)
    print(
      `The tokenizers normalize differently. ${values.from} reads the text ${formWords(first)}, ${values.with} ${formWords(second)}. Dropped characters are not predicted, which lowers the loss. Bits are per byte of the original text.`,
    );
}

const formWords = ({ normalized }: ComparedModel): string =>
  normalized === '' ? 'unchanged' : `normalized (${normalized})`;

const examples = ['--from my-gpt --with my-llama --text held-out.txt --json'];
const about = 'Compares two models by bits per byte of a text; their tokenizers may differ.';
export const compareCommand = command({ name: 'compare', about, options: OPTIONS, examples, run: compare });
