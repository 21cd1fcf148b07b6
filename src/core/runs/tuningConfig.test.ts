import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOf } from '../adapters/trainable';
import { modelSpec, paramsOf } from '../models';
import { headOf, withClasses } from '../models/classes';
import { trainableOf, tuningObjective, usualTuningRate } from './tuningConfig';
import { initialTuning, ofPurpose, tuningSchema } from './tuning';

const MODEL = { id: 'gpt', config: { layers: 3, heads: 2, width: 8, context: 4 }, vocabulary: 300 } as const;

test('each trainable scope fits the model, and an adapter has a higher rate than full fine-tuning', () => {
  const ways = [
    { learns: 'all' },
    { learns: 'last', layers: 1 },
    { learns: 'norms' },
    { learns: 'adapter' },
    { learns: 'adapter', beside: 'attention', rest: 'f16' },
    { learns: 'adapter', beside: 'named', targets: ['c_fc'] },
  ] as const;
  const [all, last, norms, ...adapters] = ways.map((way) => trainableOf({ ...initialTuning(), ...way }, MODEL));
  expect(all).toBeUndefined();
  expect(last!.weights).toContain('transformer.h.2.mlp.c_fc.weight');
  expect(norms!.weights.every((name) => /ln_/.test(name))).toBe(true);
  expect(adapters.map((each) => each!.adapter!.beside.length)).toEqual([12, 6, 3]);
  expect(adapters.map((each) => each!.rest)).toEqual([undefined, 'f16', undefined]);
  for (const each of [all, last, norms, ...adapters]) expect(() => partsOf(paramsOf(MODEL), each)).not.toThrow();
  expect(usualTuningRate(MODEL, all, 'adamw')).toBeLessThan(usualTuningRate(MODEL, adapters[0], 'adamw'));
});

test('refuses weights that the model lacks', () => {
  expect(() => trainableOf({ ...initialTuning(), learns: 'last', layers: 9 }, MODEL)).toThrow('has 3 layers');
  const named = { ...initialTuning(), beside: 'named', targets: ['q_proj'] } as const;
  expect(() => trainableOf(named, MODEL)).toThrow('no target module called q_proj');
});

test("adaptation keeps the base's objective, with text instead of chats", () => {
  expect(tuningObjective('adapt', 'prefix', MODEL)).toBe('prefix');
  expect(tuningObjective('adapt', 'chats', MODEL)).toBe('causal');
  expect(tuningObjective('instruct', 'causal', MODEL)).toBe('chats');
  expect(tuningObjective('classify', 'causal', MODEL)).toBe('labels');
  expect(tuningObjective('adapt', 'labels', MODEL)).toBe('causal');
  expect(tuningObjective('adapt', undefined, MODEL, false)).toBe('causal');
  expect(tuningObjective('adapt', 'prefix', MODEL, false)).toBe('prefix');
  expect(tuningObjective('adapt', 'pairs', MODEL, false)).toBe('causal');
  expect(tuningObjective('adapt', 'prefix', MODEL, true)).toBe('pairs');
});

test('the head of a classifier is always trained, and has no adapter', () => {
  const bert = { id: 'bert', config: modelSpec('bert').presets[0]!.config, vocabulary: 300 } as const;
  const model = withClasses(bert, { labels: ['a', 'b'], pooling: 'first' });
  const head = Object.keys(headOf(model));
  for (const learns of ['last', 'norms', 'adapter'] as const) {
    const found = trainableOf({ ...initialTuning(), learns }, model)!;
    expect(found.weights).toEqual(expect.arrayContaining(head));
    expect(found.adapter?.beside.some((name) => head.includes(name)) ?? false).toBe(false);
    expect(() => partsOf(paramsOf(model), found)).not.toThrow();
  }
  expect(trainableOf({ ...initialTuning(), learns: 'all' }, model)).toBeUndefined();
});

test('a classifier has its own settings, and an older project gets the defaults', () => {
  const { classify: _, ...older } = initialTuning();
  expect(tuningSchema.parse(older)).toEqual(initialTuning());
  const { tokenizer: __, ...former } = initialTuning().classify;
  expect(tuningSchema.parse({ ...initialTuning(), classify: former })).toEqual(initialTuning());
  const tuning = { ...initialTuning(), base: 'nothing' as const };
  expect(tuningSchema.parse(tuning)).toEqual(tuning);
  expect(ofPurpose(tuning, 'classify').recipe).toEqual(tuning.classify.recipe);
  expect(ofPurpose(tuning, 'adapt').recipe).toEqual(tuning.recipe);
});

test("storage returns the same settings, with an adapter's within their bounds", () => {
  const tuning = initialTuning();
  const stored = fc.record({
    purpose: fc.constantFrom('adapt' as const, 'instruct' as const, 'classify' as const),
    learns: fc.constantFrom('all' as const, 'last' as const, 'norms' as const, 'adapter' as const),
    layers: fc.integer({ min: 1, max: 99 }),
    heldOut: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
    template: fc.option(fc.string(), { nil: null }),
    targets: fc.array(fc.string({ maxLength: 9 }), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(stored, (given) => {
      expect(tuningSchema.parse(JSON.parse(JSON.stringify({ ...tuning, ...given })))).toEqual({ ...tuning, ...given });
    }),
  );
  const odd = { ...tuning, adapter: { id: 'lora', settings: { ...tuning.adapter.settings, rank: -3 } } };
  expect(tuningSchema.parse(odd).adapter).toEqual(tuning.adapter);
  expect(tuningSchema.safeParse({ ...tuning, purpose: 'else' }).success).toBe(false);
});
