/** npm run tune: from a model to one for a purpose, as a run of its own with that model as its parent. */
import { readFile } from 'node:fs/promises';
import { learn } from './learning';
import { UsageError, type Values } from './options';
import { command, main } from './terminal';
import { TUNE_OPTIONS } from './tuneOptions';
import { beginsFlags } from './tuneFlags';

async function tune(options: Values<typeof TUNE_OPTIONS>, given: ReadonlySet<string>): Promise<void> {
  const {
    kind,
    chats,
    template,
    adapter,
    learns,
    rest,
    old,
    text,
    pairs,
    data,
    'held-out': heldOut,
    ...grows
  } = options;
  const isToAnswer = kind === 'instruct';
  if (given.has('objective')) throw new UsageError(`--objective is settled by --kind ${kind}. Leave it out.`);
  if (!isToAnswer && (chats ?? pairs ?? template) !== undefined)
    throw new UsageError(
      '--chats, --pairs and --template are for --kind instruct; --kind adapt takes --text or --data.',
    );
  if (isToAnswer && given.has('recipe'))
    throw new UsageError('--recipe cleans text, and chats are learnt as they are. Leave it out.');
  if (isToAnswer && (text ?? data) !== undefined)
    throw new UsageError('--kind instruct takes --chats or --pairs, and --kind adapt text.');
  if (isToAnswer && !chats === !pairs) throw new UsageError('--kind instruct takes --chats or --pairs, one of them.');
  const written = template === undefined ? undefined : await readFile(template, 'utf8');
  await learn({ ...grows, text: isToAnswer ? chats : text, pairs, data, resume: undefined }, given, {
    begins: beginsFlags(adapter, learns),
    rest,
    heldOut,
    old,
    ...(isToAnswer && { chats: { ...(written !== undefined && { template: written }) } }),
  });
}

const examples = [
  '--kind adapt --from my-model --text letters.txt --out my-letters',
  '--kind instruct --from my-model --adapter lora:8 --chats questions.jsonl --out my-chat',
  '--kind adapt --from SmolLM2-135M --adapter lora:8 --text letters.txt --old moby-dick.txt --out my-letters',
];
const about = 'Trains a model on for a purpose, all of it or an adapter beside it, and tells what it has forgotten.';
await main(command({ name: 'tune', about, options: TUNE_OPTIONS, examples, run: tune }));
