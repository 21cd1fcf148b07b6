/** npm run inspect: looks inside a model while it reads a passage. */
import { counted } from '../src/core/base/units';
import { yieldUntil } from '../src/core/base/job';
import { network } from '../src/core/models/network';
import { INSPECTIONS, inspect } from '../src/jobs/inspect';
import { readWeights } from '../node/folders/readModel';
import { printerOf } from './inspections';
import { MERGED_ADAPTER_FLAG } from './mergedAdapterFlag';
import type { Values } from './options';
import { usedStep } from './stepWords';
import { command, DEVICES, interruptible, openDevice, print, stderr } from './terminal';

const OPTIONS = {
  from: { kind: 'text', path: 'reads', help: 'Folder, zip or GGUF file of the model' },
  adapter: MERGED_ADAPTER_FLAG,
  prompt: {
    kind: 'text',
    path: 'none',
    help: 'Passage to read; for BERT, [MASK] or ___ is a blank; for T5, the input of the encoder',
  },
  target: {
    kind: 'text',
    path: 'none',
    otherwise: "the model's greedy answer",
    help: 'For T5: what the decoder reads',
  },
  what: {
    kind: 'choice',
    of: INSPECTIONS,
    help: 'What to look at; positions, layers and heads count from 0',
    choices: [
      'What is predicted at each token, as JSON {"tokens":[text],"loss","predictions":[{"position","token","loss","rank","entropy","alternatives":[{"token","probability"}]}]}: loss and entropy in nats, rank from 1, probability 0 to 1; position is the index in tokens whose output predicts, and the last prediction of a decoder has no token',
      'Weights after the softmax, as JSON {"tokens":[text],"attention":[layer][head][query][key]}: 0 to 1, each row of keys sums to 1; for T5 tokens and attention are of the decoder, with {"source":[text],"encoder":[layer][head][query][key],"cross":[layer][head][query][source key]}',
      'Predictions if the layers after one were left out, as JSON {"tokens":[text],"predictions":[{"position","token","answer","firstLeads","depths":[{"after","divergence","answer":{"probability","rank"},"loss","entropy","alternatives"}]}]}: after and firstLeads are "embedding" or a layer, divergence is KL(output ‖ lens) in nats, answer is the most probable token of the output',
    ],
  },
  layer: { kind: 'whole', min: 0, max: 1e6, otherwise: 'all', help: 'With --what attention: layer to return, from 0' },
  head: { kind: 'whole', min: 0, max: 1e6, otherwise: 'all', help: 'With --what attention: head to return, from 0' },
  token: {
    kind: 'whole',
    min: 0,
    max: 1e6,
    otherwise: 'all',
    help: 'With --what loss, lens: position whose prediction to return, from 0',
  },
  alternatives: {
    kind: 'whole',
    min: 1,
    max: 1000,
    initial: 5,
    help: 'With --what loss, lens: most probable tokens at each position',
  },
  json: {
    kind: 'switch',
    help: 'Print two JSON objects, one a line: what was read ({"what","step","tokens","cut":{"prompt","target"}}, in tokens), and the result',
  },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Device; auto uses a GPU if there is one, else wasm',
  },
} as const;

async function inspectModel({ from, adapter, json, device, ...input }: Values<typeof OPTIONS>): Promise<void> {
  const signal = interruptible();
  const { model, tokenizer, snapshot, info } = await readWeights(from, signal, adapter);
  const stepUsed = usedStep(info, [adapter]);
  if (stepUsed.words !== undefined && !json) stderr.write(`${stepUsed.words}\n`);
  await openDevice(device);
  const net = await network(model, snapshot.tensors);
  const found = await inspect({ network: net, tokenizer }, input, yieldUntil(signal));
  const { ids, source = [], cut } = found.passage;
  for (const [name, tokens] of Object.entries(cut))
    if (tokens > 0)
      stderr.write(
        `Truncated the ${name}: ${counted(tokens, 'token')} didn't fit into the context of ${model.config.context}.\n`,
      );
  const printer = printerOf(found, tokenizer);
  if (json) {
    print(JSON.stringify({ what: found.what, ...stepUsed.json, tokens: ids.length + source.length, cut }));
    print(JSON.stringify(printer.json()));
  } else printer.print();
}

const examples = [
  '--from my-model --prompt "The whale swam away" --what loss',
  '--from my-model --prompt "The whale swam away" --what attention --layer 1 --head 0',
  '--from my-model --prompt "The whale swam away" --what lens --token 2',
  '--from my-t5 --prompt "hgfedcba" --target "abcdefgh" --what attention --json',
];
const about =
  'Looks inside a model while it reads a passage: loss of each token, attention of each head, predictions after each layer.';
export const inspectCommand = command({ name: 'inspect', about, options: OPTIONS, examples, run: inspectModel });
