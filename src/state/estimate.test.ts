import { describe, expect, test } from 'vitest';
import { gpt } from '../core/models/gpt/spec';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { DeviceInfo } from '../protocol/gpu';
import { estimate, estimateProject, recipeOf, shareOfRate, startProblems, textSize, vocabularySize } from './estimate';
import { initialProject, type Project } from '../core/runs/project';
import type { Studio } from './slices/studio';

const config = { layers: 2, heads: 2, width: 64, context: 64 };
const device: DeviceInfo = {
  kind: 'wasm',
  name: 'Processor',
  software: false,
  features: [],
  gigaflops: 20,
  choices: ['wasm'],
};

test('share of the measured rate is 6 N + 12 L C T operations per token over the rate', () => {
  const { parameters, flopsPerStep, tokensPerStep } = estimate(gpt, config, 65, DEFAULT_RECIPE, device);
  const share = shareOfRate({ model: { id: 'gpt', config, vocabulary: 65 } }, 10_000, device);
  expect(share).toBeCloseTo((10_000 * (6 * parameters + 12 * 2 * 64 * 64)) / 20e9, 10);
  // The time of a step at that share of the rate.
  expect(flopsPerStep / (share * 20e9)).toBeCloseTo(tokensPerStep / 10_000, 10);
});

test('share of the measured rate counts only trainable parts and is at most 1', () => {
  const model = { id: 'gpt', config, vocabulary: 65 } as const;
  const trainable = { weights: ['transformer.ln_f.weight'] };
  const [all, norm] = [{ model }, { model, trainable }].map((run) => shareOfRate(run, 1000, device));
  // Forward pass and gradients of activations: two products of three.
  expect(norm! / all!).toBeGreaterThan(2 / 3);
  expect(norm! / all!).toBeLessThan(0.75);
  expect(shareOfRate({ model }, 1e9, device)).toBe(1);
});

describe('estimates the cost of a run', () => {
  const cost = estimate(gpt, config, 65, DEFAULT_RECIPE, device);

  test('counts every weight once, by group', () => {
    // GPT-2's closed form: 12 L C^2 + 13 L C + (V + T + 2) C.
    expect(cost.parameters).toBe(12 * 2 * 64 ** 2 + 13 * 2 * 64 + (65 + 64 + 2) * 64);
    expect(cost.groups.reduce((n, { parameters }) => n + parameters, 0)).toBe(cost.parameters);
    expect(cost.groups[0]).toEqual({ name: 'Token embedding', parameters: 65 * 64 });
  });

  test('memory is the sum of its parts, and SGD stores one moment fewer', () => {
    const { total, ...parts } = cost.memory;
    expect(total).toBe(Object.values(parts).reduce((a, b) => a + b));
    expect(parts.activations + parts.logits).toBe(gpt.activationBytes(config, 65, DEFAULT_RECIPE));
    const sgd = estimate(gpt, config, 65, { ...DEFAULT_RECIPE, optimizer: 'sgd' }, device);
    expect(cost.memory.total - sgd.memory.total).toBe(4 * cost.parameters);
  });

  test('Muon stores one moment per matrix, and its products are the same for any batch', () => {
    const of = (batch: number) => estimate(gpt, config, 65, { ...DEFAULT_RECIPE, batch, optimizer: 'muon' }, device);
    const plain = estimate(gpt, config, 65, { ...DEFAULT_RECIPE, batch: 12 }, device);
    expect(plain.memory.moments - of(12).memory.moments).toBe(4 * 2 * 12 * 64 ** 2);
    // Per layer: four 64 x 64 matrices, as q, k and v are separate, and two of 64 x 256.
    const update = 2 * 5 * (4 * 6 * 64 ** 3 + 2 * (4 * 64 ** 2 * 256 + 2 * 64 ** 3));
    expect(of(12).flopsPerStep - plain.flopsPerStep).toBe(update);
    expect(2 * of(12).flopsPerStep - of(24).flopsPerStep).toBe(update);
    expect(of(12).seconds).toBeGreaterThan(plain.seconds!);
  });

  test('a weight average is another copy of the weights', () => {
    const averaged = estimate(gpt, config, 65, { ...DEFAULT_RECIPE, emaDecay: 0.99 }, device);
    expect(averaged.memory.total - cost.memory.total).toBe(4 * cost.parameters);
  });

  test('micro-batches cost a second gradient and multiply the tokens; recomputation costs a third more work', () => {
    const gathering = estimate(gpt, config, 65, { ...DEFAULT_RECIPE, accumulate: 4 }, device);
    expect(gathering.memory.total - cost.memory.total).toBe(4 * cost.parameters);
    expect(gathering.tokensPerStep).toBe(4 * cost.tokensPerStep);
    expect(gathering.seconds).toBeGreaterThan(3 * cost.seconds!);
    const again = estimate(gpt, { ...config, layers: 8 }, 65, { ...DEFAULT_RECIPE, recompute: true }, device);
    const kept = estimate(gpt, { ...config, layers: 8 }, 65, DEFAULT_RECIPE, device);
    expect(again.memory.activations).toBeLessThan(0.3 * kept.memory.activations);
    expect(again.flopsPerStep).toBeCloseTo((4 / 3) * kept.flopsPerStep, 0);
  });

  test('time follows the steps and the measured rate, and is unknown without a rate', () => {
    const seconds = (steps: number, gigaflops: number, slowness = 1) =>
      estimate(gpt, config, 65, { ...DEFAULT_RECIPE, steps, evalEvery: steps }, { ...device, gigaflops, slowness })
        .seconds!;
    // Launches and saves take the same time on both.
    expect(seconds(2000, 20) / seconds(2000, 40)).toBeGreaterThan(1.7);
    expect(seconds(2000, 20) / seconds(2000, 40)).toBeLessThan(2);
    expect(seconds(2000, 20, 3) / seconds(2000, 20)).toBeGreaterThan(2.8);
    expect(seconds(4000, 20)).toBeGreaterThan(1.5 * seconds(2000, 20));
    expect(estimate(gpt, config, 65, DEFAULT_RECIPE, undefined).seconds).toBeUndefined();
  });
});

const project = (change: Partial<Project>): Project => ({ ...initialProject(), ...change });
const bytes = {
  model: { kind: 'bytes', merges: [] },
  hash: 'h',
  size: 257,
  asked: 257,
  texts: ['a'],
  bytesPerToken: 1,
  unusedEntries: 0,
} as const;

test('the vocabulary size is that of the trained tokenizer, else the requested size', () => {
  expect(vocabularySize(project({}))).toBe(1024);
  expect(vocabularySize(project({ tokenizerChoice: { kind: 'bytes', vocabulary: 1024 } }))).toBe(257);
  expect(vocabularySize(project({ tokenizer: bytes }))).toBe(1024);
  expect(vocabularySize(project({ tokenizer: bytes, tokenizerChoice: { kind: 'bytes', vocabulary: 1024 } }))).toBe(257);
});

const TWICE = { validation: 0.2, test: 0, seed: 0 };
test('text size is estimated from characters until tokens are counted', () => {
  const texts = [{ id: 'a', characters: 3000, documents: 1 }] as unknown as Studio['texts'];
  expect(textSize({ project: project({}), texts: [] })).toBeUndefined();
  expect(textSize({ project: project({}), texts })).toEqual({
    train: 900,
    validation: 100,
    documents: 0.9,
    isCounted: false,
  });
  const part = (tokens: number) => ({
    tokens,
    bytes: tokens,
    shards: [],
    counts: { key: '', sha256: '' },
    borders: null,
  });
  const counted = project({
    tokenizer: bytes,
    tokenizerChoice: { kind: 'bytes', vocabulary: 257 },
    data: {
      texts: ['a'],
      tokenizerHash: 'h',
      unigramLoss: 3,
      manifest: {
        version: 2,
        tokenizerHash: 'h',
        textHash: 't',
        vocabulary: 257,
        width: 2,
        shardLength: 9,
        split: { rule: 'ends', validation: 0.1, test: 0, seed: 0 },
        parts: { train: part(2710), validation: part(301) },
      },
    },
  });
  expect(textSize({ project: counted, texts })).toEqual({
    train: 2710,
    validation: 301,
    documents: undefined,
    isCounted: true,
  });
  expect(textSize({ project: { ...counted, split: TWICE }, texts })?.isCounted).toBe(false);

  const { manifest } = counted.data!;
  const few = { ...manifest, parts: { train: part(4), validation: part(2) } };
  const longer = { ...counted, data: { ...counted.data!, manifest: few } };
  const opening = { kind: 'opening' } as const;
  expect(startProblems({ project: counted, texts, device: opening })).toEqual([]);
  expect(startProblems({ project: longer, texts, device: opening })).toMatchObject([{ field: 'text' }]);
  expect(startProblems({ project: { ...longer, split: TWICE }, texts, device: opening })).toEqual([]);
  const unfit = (byHand: readonly string[]) => {
    const model = { ...counted.model, config: { ...config, width: 100, heads: 6 }, byHand };
    return startProblems({ project: { ...counted, model }, texts, device: opening });
  };
  // The width was changed last, in any order of earlier changes.
  expect(unfit(['heads', 'layers', 'width'])).toMatchObject([{ field: 'width' }]);
  expect(unfit(['width', 'heads'])).toMatchObject([{ field: 'heads' }]);
  expect(unfit([])).toMatchObject([{ field: 'heads' }]);

  // An open device has limits.
  const wide = { ...counted.recipe, batch: 4096 };
  const open = (info: Partial<DeviceInfo>) => ({ kind: 'open', info: { ...device, ...info } }) as const;
  const large = { ...counted, recipe: wide, model: { ...counted.model, config: { ...config, width: 512, layers: 8 } } };
  const problemsOn = (info: Partial<DeviceInfo>) => startProblems({ project: large, texts, device: open(info) });
  expect(problemsOn({})).toEqual([]);
  expect(problemsOn({ limits: { total: 2 ** 32 } })).toMatchObject([{ field: 'memory' }]);
  expect(problemsOn({ limits: { activation: 2 ** 27 } })).toMatchObject([{ field: 'memory' }]);
  expect(problemsOn({ limits: { activation: 2 ** 34, weight: 2 ** 34 } })).toEqual([]);
  expect(problemsOn({ limits: { bound: 6e9, weight: 2 ** 34 } })).toMatchObject([{ field: 'memory' }]);

  // A run starts with a definite setting, and the estimate uses the same.
  const limits = { weight: 2 ** 34 };
  expect(recipeOf(large, limits).recompute).toBe(true);
  expect(recipeOf({ ...large, recompute: 'off' }, limits).recompute).toBe(false);
  expect(recipeOf(counted, limits).recompute).toBe(false);
  expect(recipeOf({ ...counted, recompute: 'on' }, limits).recompute).toBe(true);
  const flops = (project: Project) => estimateProject(project, { ...device, limits }).flopsPerStep;
  expect(flops(large) / flops({ ...large, recompute: 'off' })).toBeCloseTo(4 / 3, 6);
});
