/** npm run tune: fine-tunes a model for a purpose, as a new run whose parent is that model. */
import { readFile } from 'node:fs/promises';
import type { Purpose } from '../src/core/runs/tuning';
import { USUAL_BODY, USUAL_TOKENIZER } from '../src/core/runs/usualClassifier';
import { classifying } from './classifying';
import { learn } from './learning';
import { UsageError, type Values } from './options';
import { command } from './terminal';
import { TUNE_OPTIONS } from './tuneOptions';
import { tuningStartFlags } from './tuneFlags';

async function tune(options: Values<typeof TUNE_OPTIONS>, given: ReadonlySet<string>): Promise<number> {
  const {
    kind,
    chats,
    template,
    adapter,
    learns,
    'frozen-dtype': rest,
    old,
    text,
    pairs,
    data,
    ...growOptions
  } = options;
  if (given.has('objective')) throw new UsageError(`--kind ${kind} sets the objective. Remove --objective.`);
  const misplaced = Object.entries(FLAGS).find(([flag, kinds]) => given.has(flag) && !kinds.includes(kind));
  if (misplaced) throw new UsageError(`--${misplaced[0]} is for --kind ${misplaced[1].join(' and ')}. ${needs(kind)}`);
  if (given.has('recipe') && kind !== 'adapt')
    throw new UsageError('--recipe is for plain text, not for chats or labeled texts. Remove it.');
  if (DATA_FLAGS[kind].filter((flag) => given.has(flag)).length !== 1) throw new UsageError(needs(kind));
  if (options.from === undefined && kind !== 'classify') throw new UsageError('--from is missing.');
  if (options.from === undefined && (adapter !== undefined || learns !== 'all'))
    throw new UsageError('--adapter and --learns need a model. Add --from, or remove them.');
  const templateText = template === undefined ? undefined : await readFile(template, 'utf8');
  const isInstruct = kind === 'instruct';
  const classify = kind === 'classify' ? await classifying(options) : undefined;
  const defaultSizes = classify && options.from === undefined ? defaultSizeFlags(given) : {};
  return learn(
    {
      ...growOptions,
      ...defaultSizes,
      text: isInstruct ? chats : text,
      pairs,
      data,
      resume: undefined,
      settings: undefined,
    },
    given,
    {
      startOn: tuningStartFlags(adapter, learns),
      rest,
      old,
      ...(isInstruct && { chats: { ...(templateText !== undefined && { template: templateText }) } }),
      ...(classify && { classify }),
    },
  );
}

/** The page's small encoder, if no size was typed. */
function defaultSizeFlags(given: ReadonlySet<string>): Partial<Values<typeof TUNE_OPTIONS>> {
  if (given.has('model')) return {};
  const { id, config } = USUAL_BODY;
  const { layers, heads, width, context } = config;
  const defaults = {
    layers,
    heads,
    width,
    context,
    tokenizer: `${USUAL_TOKENIZER.kind}:${USUAL_TOKENIZER.vocabulary}`,
  };
  return { model: id, ...Object.fromEntries(Object.entries(defaults).filter(([flag]) => !given.has(flag))) };
}

/** Flags of the training data. */
const DATA_FLAGS: Readonly<Record<Purpose, readonly string[]>> = {
  adapt: ['text', 'data'],
  instruct: ['chats', 'pairs'],
  classify: ['table'],
};
const dataFlags = (Object.entries(DATA_FLAGS) as [Purpose, readonly string[]][]).flatMap(([kind, flags]) =>
  flags.map((flag) => [flag, [kind]] as const),
);
/** Flags of some kinds only. */
const FLAGS: Readonly<Record<string, readonly Purpose[]>> = {
  ...Object.fromEntries(dataFlags),
  ...{ template: ['instruct'], old: ['adapt', 'instruct'] },
  ...{ corrections: ['classify'], several: ['classify'], unlabeled: ['classify'] },
  ...{ encoding: ['classify'], merge: ['classify'], 'min-texts': ['classify'] },
  ...{ pooling: ['classify'], 'long-texts': ['classify'], 'class-weights': ['classify'] },
};
const needs = (kind: Purpose): string => {
  const flags = DATA_FLAGS[kind].map((flag) => `--${flag}`);
  return `--kind ${kind} needs ${flags.length > 1 ? `one of ${flags.join(' and ')}` : flags[0]!}.`;
};

const examples = [
  '--kind adapt --from my-model --text letters.txt --out my-letters',
  '--kind instruct --from my-model --adapter lora:8 --chats questions.jsonl --out my-chat',
  '--kind classify --from my-bert --table mails.csv:text=subject+body,label=label --out my-filter',
  '--kind classify --model bert --layers 2 --width 128 --tokenizer bpe:4096 --table mails --out my-filter',
  '--kind adapt --from SmolLM2-135M --adapter lora:8 --text letters.txt --old moby-dick.txt --out my-letters',
];
const about = 'Fine-tunes a model or an adapter for a purpose, and measures forgetting.';
export const tuneCommand = command({ name: 'tune', about, options: TUNE_OPTIONS, examples, run: tune });
