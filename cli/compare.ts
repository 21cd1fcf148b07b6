/** npm run compare: whether one model gives a text a higher likelihood than another. */
import { badSettings } from '../src/core/base/errors';
import { yieldUntil } from '../src/core/base/job';
import { compare as comparison, comparisonWords } from '../src/core/evaluate/compare';
import { checkReadsOn, natsOf } from '../src/core/evaluate/ofText';
import { objectiveIn } from '../src/core/export/incoming';
import { normalizerWords } from '../src/core/export/normalizerWords';
import { network } from '../src/core/models/network';
import { SPLITS } from '../src/core/tokenizer/splits';
import type { TokenizerModel } from '../src/core/tokenizer/tokenizer';
import { textsOf } from '../node/texts/documents';
import type { Values } from './options';
import { lookAt, readWeights } from '../node/folders/readModel';
import { usedStep } from './told';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';

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
  // Checks both first: reading a text and measuring a model take long.
  for (const folder of [values.from, values.with]) {
    const incoming = await lookAt(folder, signal);
    checkReadsOn(folder, incoming.model, objectiveIn(incoming));
  }
  const texts = (await textsOf(values.text, signal)).map(({ text }) => text);
  if (texts.length === 0)
    throw badSettings('All texts are empty: nothing to compare on.', 'Name files that are not empty.');
  await openDevice(values.device);
  const [first, second] = [await natsIn(values.from, texts, signal), await natsIn(values.with, texts, signal)];
  const found = comparison(first.nats, second.nats, first.bytes, values.seed);
  const { difference, low, high, verdict, times } = found;
  const unit = 'bits per byte';
  const isUnlike = first.form !== second.form;
  if (values.json) {
    const forms = isUnlike && { normalised: { from: first.form, with: second.form } };
    const steps = { from: first.used.json?.step, with: second.used.json?.step };
    print(
      JSON.stringify({ difference, low, high, unit, verdict, steps, ...(times !== undefined && { times }), ...forms }),
    );
    return;
  }
  for (const [folder, { used }] of [
    [values.from, first],
    [values.with, second],
  ] as const)
    if (used.words !== undefined) stderr.write(`${folder}: ${used.words}\n`);
  print(`${values.with}, compared with ${values.from}: ${comparisonWords(found)}.`);
  if (isUnlike)
    print(
      `The tokenizers normalize differently. ${values.from} reads the text ${formWords(first)}, ${values.with} ${formWords(second)}. Dropped characters are not predicted, which lowers the loss. Bits are per byte of the original text.`,
    );
}

/** How a text is normalized before it is tokenized, in words; empty: unchanged. */
function formOf({ applied, elsewhere, normalizers = [] }: TokenizerModel): string {
  if (applied) return 'normalized by its tokenizer files';
  return normalizerWords([...(elsewhere ? SPLITS[elsewhere.split].normalizers : []), ...normalizers]);
}
const formWords = ({ form }: { form: string }): string => (form === '' ? 'unchanged' : `normalized (${form})`);

/** Nats of each block of the texts by the model in a folder. */
async function natsIn(folder: string, texts: readonly string[], signal: AbortSignal) {
  const { model, tokenizer, snapshot, info } = await readWeights(folder, signal);
  const net = await network(model, snapshot.tensors);
  try {
    const nats = await natsOf(net, tokenizer, texts, { pause: yieldUntil(signal) });
    return { ...nats, form: formOf(tokenizer.model), used: usedStep(info) };
  } finally {
    net.dispose();
  }
}

const examples = ['--from my-gpt --with my-llama --text held-out.txt --json'];
const about = 'Compares two models by bits per byte of a text; their tokenizers may differ.';
export const compareCommand = command({ name: 'compare', about, options: OPTIONS, examples, run: compare });
