/** npm run tune: from a model to one for a purpose, as a run of its own with that model as its parent. */
import { learn } from './learning';
import type { Values } from './options';
import { command, main } from './terminal';
import { TUNE_OPTIONS } from './tuneOptions';
import { trainableFlags } from './tuneFlags';

async function tune(options: Values<typeof TUNE_OPTIONS>, given: ReadonlySet<string>): Promise<void> {
  const { adapter, learns, old, 'held-out': heldOut } = options;
  await learn({ ...options, resume: undefined }, given, { trainable: trainableFlags(adapter, learns), old, heldOut });
}

const examples = [
  '--kind adapt --from my-model --text letters.txt --out my-letters',
  '--kind adapt --from SmolLM2-135M --adapter lora:8 --text letters.txt --old moby-dick.txt --out my-letters',
];
const about = 'Trains a model on for a purpose, all of it or an adapter beside it, and tells what it has forgotten.';
await main(command({ name: 'tune', about, options: TUNE_OPTIONS, examples, run: tune }));
