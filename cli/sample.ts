/** npm run sample: the continuation of a prompt by a model that grow, or the app, has written. */
import { network } from '../src/core/models/network';
import { generate } from '../src/core/sample/generate';
import { parseOptions } from './options';
import { readModel } from './read';
import { command, DEVICES, interruptible, openDevice } from './terminal';

const OPTIONS = {
  from: { kind: 'text' },
  prompt: { kind: 'text', initial: '' },
  tokens: { kind: 'whole', min: 1, max: 1e6, initial: 200 },
  temperature: { kind: 'real', min: 0, max: 10, initial: 0.8 },
  'top-k': { kind: 'whole', min: 0, max: 1e6, initial: 0 },
  'top-p': { kind: 'real', min: 0.001, max: 1, initial: 1 },
  seed: { kind: 'whole', min: 0, max: 2 ** 32 - 1, initial: 1 },
  device: { kind: 'choice', of: DEVICES, initial: 'auto' },
} as const;

async function sample(args: readonly string[]): Promise<void> {
  const { from, prompt, tokens, temperature, seed, device, ...rest } = parseOptions(OPTIONS, args);
  const { model, tokenizer, snapshot } = await readModel(from);
  await openDevice(device);
  const net = await network(model, snapshot.tensors);
  const ids = prompt === '' ? [tokenizer.endOfText] : tokenizer.encode(prompt);
  const settings = { temperature, seed, length: tokens, topK: rest['top-k'], topP: rest['top-p'] };
  const decoder = tokenizer.decoder();
  for await (const { id } of generate(net, ids, settings, { signal: interruptible() })) {
    if (id === tokenizer.endOfText) break;
    process.stdout.write(decoder.push(id));
  }
  process.stdout.write(`${decoder.end()}\n`);
}

await command(sample);
