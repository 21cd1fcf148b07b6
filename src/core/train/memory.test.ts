import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ADAPTERS } from '../adapters';
import { linearWeights, type Trainable } from '../adapters/trainable';
import { initialValues } from '../base/field';
import { WASM_HEAP_BYTES } from '../gpu/wasm';
import { memoryChanges, type MemoryLimits, memoryPlan, memoryShortage } from './memory';
import { adviceOf, problems } from './problems';
import { MODELS, modelSpec } from '../models';
import type { LlamaConfig } from '../models/llama/spec';
import { countParams, type FrozenDtype, usualConfig } from '../models/spec';
import { DEFAULT_RECIPE, type Recipe } from './recipe';

const model = (config: { layers: number; heads: number; width: number; context: number }, vocabulary = 300) =>
  ({ id: 'gpt', config, vocabulary }) as const;
const enough = { train: Infinity, validation: Infinity };
const WASM: MemoryLimits = { total: WASM_HEAP_BYTES };
/** Limits of Chromium's SwiftShader. */
const GPU: MemoryLimits = { activation: 2 ** 30, weight: 2 ** 30 };

test('refuses a plan of 32 GB on a 32-bit heap, and names three changes that fit, with numbers', () => {
  const large = model({ layers: 12, heads: 12, width: 768, context: 1024 });
  const recipe = { ...DEFAULT_RECIPE, batch: 48 };
  const { total } = memoryPlan(modelSpec('gpt'), large.config, 300, recipe);
  expect(total).toBeGreaterThan(32e9);
  expect(problems(large, recipe, enough)).toEqual([]);
  const [found] = problems(large, recipe, enough, WASM);
  expect(found?.field).toBe('memory');
  expect(found?.message).toMatch(
    /^The run needs 3\d\.\d GB; WASM can address 4\.29 GB\. Use batch 3 in 16 micro-batches, a context of \d+, or a model of about [\d.]+ [kM] parameters\.$/,
  );
});

test('refuses a plan of 3.99 TB on a GPU: a single activation exceeds the limit of a binding', () => {
  const large = model({ layers: 48, heads: 16, width: 2048, context: 2048 });
  const [found] = problems(large, { ...DEFAULT_RECIPE, batch: 4096 }, enough, GPU);
  expect(found?.message).toMatch(/a single activation has 275 GB, and this GPU allows 1\.07 GB/);
});

test('each suggested change makes the settings fit, and small settings get no suggestions', () => {
  const whole = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(
      fc.record({
        layers: whole(48),
        heads: fc.constant(1),
        width: fc.integer({ min: 8, max: 2048 }),
        context: fc.integer({ min: 4, max: 2048 }),
      }),
      whole(4096),
      fc.boolean(),
      fc.constantFrom(WASM, GPU),
      (config, batch, recompute, limits) => {
        const choice = model(config, 50_257);
        const recipe: Recipe = { ...DEFAULT_RECIPE, batch, recompute };
        const changes = memoryChanges(choice, recipe, limits);
        expect(changes.length).toBeLessThanOrEqual(3);
        expect(adviceOf(changes)).toMatch(/^Use .*\.$/);
        for (const each of changes) {
          const sizes = each.kind === 'model' ? each.change : {};
          const changed = { ...choice, config: { ...config, ...sizes } };
          const other = each.kind === 'recipe' ? { ...recipe, ...each.change } : recipe;
          expect(memoryShortage(changed, other, limits)).toBeUndefined();
        }
      },
    ),
  );
  expect(problems(model({ layers: 2, heads: 2, width: 64, context: 64 }), DEFAULT_RECIPE, enough, WASM)).toEqual([]);
});

describe('LoRA of rank 8 on every matrix of SmolLM2’s shape, 512 tokens per step', () => {
  const sizes = { layers: 30, heads: 9, kvHeads: 3, width: 576, hidden: 1536, context: 512 };
  const config = { ...usualConfig(modelSpec('llama'), sizes), ...sizes } as LlamaConfig;
  const lora = (rest: FrozenDtype): Trainable => ({
    weights: [],
    adapter: { id: 'lora', settings: initialValues(ADAPTERS.lora.fields), beside: linearWeights(own) },
    rest,
  });
  const own = MODELS.llama.params(config, 49_152);
  const total = (recompute: boolean, trainable?: Trainable) =>
    memoryPlan(MODELS.llama, config, 49_152, { ...DEFAULT_RECIPE, batch: 1, recompute }, trainable).total / 1e6;

  test('needs at most 450 MB with frozen matrices in f16 and recomputed activations', () => {
    expect(countParams(own)).toBeCloseTo(134.5e6, -5);
    expect(total(true, lora('f16'))).toBeLessThan(450);
    expect(total(true, lora('f32')) - total(true, lora('f16'))).toBeCloseTo(212.3, 1); // two bytes per number
    // Saves 23 bits per number, because all matrices have whole blocks.
    expect(
      (total(true, lora('f32')) - total(true, lora('q8'))) / (total(true, lora('f32')) - total(true, lora('f16'))),
    ).toBeCloseTo(23 / 16, 6);
    expect(total(true)).toBeGreaterThan(2200);
  });
});
