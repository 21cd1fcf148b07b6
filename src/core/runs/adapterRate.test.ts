/** Compares the default learning rate of adapters with a grid of rates. */
import { beforeAll, expect, test } from 'vitest';
import { linearWeights, type Trainable } from '../adapters/trainable';
import { initialValues as initialSettings } from '../base/field';
import { ADAPTERS } from '../adapters';
import { paramsOf } from '../models';
import { withClasses } from '../models/classes';
import { initialValues } from '../models/initial';
import type { ModelChoice } from '../models/network';
import type { OptimizerId } from '../optim';
import { shortRun } from '../../testing/shortRun';
import { tokenSource } from '../../testing/tokenSource';
import { useSingleThreadWasm } from '../../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { DEFAULT_RECIPE } from '../train/recipe';
import { usualTuningRate } from './tuningConfig';

const MODEL: ModelChoice = {
  id: 'gpt',
  config: { layers: 2, heads: 2, width: 32, context: 32 },
  vocabulary: 257,
};
const lora = (rank: number, over: object = {}): Trainable => ({
  weights: [],
  adapter: {
    id: 'lora',
    settings: { ...initialSettings(ADAPTERS.lora.fields), rank, ...over },
    beside: linearWeights(paramsOf(MODEL)),
  },
});

beforeAll(useSingleThreadWasm);

test('the default rate of LoRA reaches a perplexity within 15 % of the best of a grid', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const partsOf = (line: (i: number) => string) => {
    const ids = tokenizer.encode(Array.from({ length: 120 }, (_, i) => line(i)).join(''));
    const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
    return { train: part(ids.subarray(0, 4000)), validation: part(ids.subarray(4000, 4600)) };
  };
  const sea = partsOf((i) => `The sea is ${i * i} miles wide, and whale ${i} is large. `);
  const ledger = partsOf((i) => `${i}: paid ${(i * 37) % 91} crowns to Mr. Bildad; rest ${(i * 53) % 77}. `);
  const recipe = { ...DEFAULT_RECIPE, batch: 4, steps: 60, warmup: 6, weightDecay: 0.01 };
  const own = { model: MODEL, tokenizer };
  const { weights } = await shortRun(
    { ...own, ...sea, weights: initialValues(MODEL, 1) },
    { ...recipe, steps: 100, learningRate: 0.004 },
  );
  const perplexityAt = async (learningRate: number): Promise<number> => {
    const { loss } = await shortRun({ ...own, ...ledger, weights }, { ...recipe, learningRate }, lora(8));
    return loss === null ? Infinity : Math.exp(loss);
  };
  const reached = await perplexityAt(usualTuningRate(MODEL, lora(8), 'adamw'));
  const grid: number[] = [];
  for (const rate of [0.0025, 0.005, 0.01, 0.02, 0.04]) grid.push(await perplexityAt(rate));
  expect(reached / Math.min(...grid)).toBeLessThan(1.15);
});

test("the default doesn't depend on the rank, and falls where alpha counts more", () => {
  const rate = (trainable?: Trainable): number => usualTuningRate(MODEL, trainable, 'adamw');
  for (const rank of [4, 16, 64, 256]) expect(rate(lora(rank))).toBe(rate(lora(8)));
  expect([rate(lora(8)), rate()]).toEqual([0.01, 0.0007]);
  expect(rate(lora(8, { alpha: 32 }))).toBe(0.005);
  expect(rate(lora(64, { rankStabilised: true }))).toBeLessThan(rate(lora(8)) / 6);
  expect((['lion', 'muon', 'sgd'] as const).map((id) => usualTuningRate(MODEL, lora(8), id))).toEqual([
    0.003, 0.01, 0.1,
  ]);
  expect(usualTuningRate(MODEL, lora(8, { alpha: 1e-3 }), 'sgd')).toBe(10);
});

test("the default of a classifier is three tenths of an adapter's, at every rank", () => {
  const classifier = withClasses(MODEL, { labels: ['ham', 'spam'], pooling: 'last' });
  const rate = (rank: number, optimizer: OptimizerId = 'adamw'): number =>
    usualTuningRate(classifier, lora(rank), optimizer);
  // Of the measured rates, 0.0025 and 0.005 are the best on all bases, and 0.01 on none.
  for (const rank of [4, 8, 64]) expect(rate(rank)).toBe(0.003);
  expect((['lion', 'muon', 'sgd'] as const).map((id) => rate(8, id))).toEqual([0.0009, 0.003, 0.03]);
  expect(usualTuningRate(classifier, undefined, 'adamw')).toBe(usualTuningRate(MODEL, undefined, 'adamw'));
});
