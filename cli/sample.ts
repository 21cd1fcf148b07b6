/** npm run sample: the continuation of a prompt by a model that grow, or the app, has written. */
import { network } from '../src/core/models/network';
import { generate } from '../src/core/sample/generate';
import type { Values } from './options';
import { readModel } from './read';
import { command, DEVICES, interruptible, main, openDevice } from './terminal';

const OPTIONS = {
  from: { kind: 'text', help: 'Folder of the model' },
  prompt: { kind: 'text', initial: '', help: 'What is continued; if not given, a text is begun' },
  tokens: { kind: 'whole', min: 1, max: 1e6, initial: 200, help: 'Tokens to write, at most' },
  temperature: { kind: 'real', min: 0, max: 10, initial: 0.8, help: 'Above 1 is bolder; 0 takes the likeliest' },
  'top-k': { kind: 'whole', min: 0, max: 1e6, initial: 0, help: 'Only so many of the likeliest, 0 for all' },
  'top-p': { kind: 'real', min: 0.001, max: 1, initial: 1, help: 'Only the likeliest that have this share together' },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 1, help: 'The same seed gives the same text' },
  device: {
    kind: 'choice',
    of: DEVICES,
    initial: 'auto',
    help: 'Where it runs; auto is a GPU where there is one, else wasm',
  },
} as const;

async function sample({
  from,
  prompt,
  tokens,
  temperature,
  seed,
  device,
  ...rest
}: Values<typeof OPTIONS>): Promise<void> {
  const signal = interruptible();
  const unneeded = ['optimizer.safetensors', 'trainer_state.json'];
  const { model, tokenizer, snapshot } = await readModel(from, unneeded, signal);
  await openDevice(device);
  const net = await network(model, snapshot.tensors);
  const ids = prompt === '' ? [tokenizer.endOfText] : tokenizer.encode(prompt);
  const settings = { temperature, seed, length: tokens, topK: rest['top-k'], topP: rest['top-p'] };
  const decoder = tokenizer.decoder();
  for await (const { id } of generate(net, ids, settings, { signal })) {
    if (id === tokenizer.endOfText) break;
    process.stdout.write(decoder.push(id));
  }
  process.stdout.write(`${decoder.end()}\n`);
  signal.throwIfAborted();
}

const examples = ['--from my-model --prompt "The whale" --tokens 200 --temperature 0.8'];
const about = 'Continues a prompt with a model that grow, or the app, has written.';
await main(command({ name: 'sample', about, options: OPTIONS, examples, run: sample }));
