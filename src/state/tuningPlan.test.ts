import { expect, test } from 'vitest';
import { modelSpec } from '../core/models';
import { initialProject } from '../core/runs/project';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { LossMaskPreview } from '../protocol/data';
import { doubtsOf, keepsOldText, planTuning, tuningOf } from './tuningPlan';

const MODEL = { id: 'gpt', config: { layers: 4, heads: 2, width: 32, context: 64 }, vocabulary: 300 } as const;
const BASE = {
  model: MODEL,
  objective: 'causal',
  segments: [{ after: 0, recipe: { ...DEFAULT_RECIPE, samplePrompt: 'Call me' }, data: { id: 'd', facts: null } }],
} as const;
const NEW = { hasOld: false, ofPairs: false };
const CAME_IN = { ...BASE, segments: [{ ...BASE.segments[0], data: { id: null, facts: null } }] } as const;
const PREVIEW: LossMaskPreview = {
  tokenizer: { kind: 'bytes', merges: [] },
  template: '',
  conversations: 100,
  tokens: { all: 12_800, trained: 5000 },
  tooLong: { count: 0, withoutLoss: 0 },
  endsWith: '<|endoftext|>',
  asksAlike: true,
  examples: [],
};
const project = (tuning: Partial<ReturnType<typeof initialProject>['tuning']> = {}) => {
  const initial = initialProject();
  return { ...initial, tuning: { ...initial.tuning, ...tuning } };
};
const studio = (tuning: Parameters<typeof project>[0] = {}) => ({
  project: project(tuning),
  texts: [],
  tuneTexts: [],
  device: { kind: 'opening' } as const,
  buildRate: undefined,
});

test('a recipe depends on purpose and base: objective, prompt, learning rate of the trained part, replay of old text', () => {
  const adapted = tuningOf(project(), BASE, {}, NEW).recipe;
  expect(adapted).toMatchObject({ objective: 'causal', samplePrompt: 'Call me', replay: 0.1 });
  const { recipe } = tuningOf(project({ purpose: 'instruct', learns: 'all' }), CAME_IN, {}, NEW);
  expect(recipe).toMatchObject({ objective: 'chats', replay: 0 });
  expect(recipe.learningRate).toBeLessThan(adapted.learningRate);
  const byHand = project({ rateByHand: true, recipe: { ...project().tuning.recipe, learningRate: 0.5 } });
  expect(tuningOf(byHand, BASE, {}, NEW).recipe.learningRate).toBe(0.5);
  expect(tuningOf(project(), CAME_IN, {}, { ...NEW, hasOld: true }).recipe.replay).toBe(0.1);
  expect([keepsOldText(BASE), keepsOldText(CAME_IN)]).toEqual([true, false]);
  expect(keepsOldText({ ...BASE, objective: 'chats' })).toBe(false);
  // Exported and imported again, it names the old text, which is missing.
  expect(keepsOldText({ ...CAME_IN, old: { id: null, facts: null } })).toBe(false);
});

test('a base of pairs is tuned on text for the next token; tables keep its objective until their columns are known', () => {
  const ofPairs = { ...BASE, objective: 'pairs' } as const;
  const objective = (inputs: object) => tuningOf(project(), ofPairs, {}, { ...NEW, ...inputs }).recipe.objective;
  expect([false, undefined, true].map((known) => objective({ ofPairs: known }))).toEqual(['causal', 'pairs', 'pairs']);
  const text = { id: 't', tunes: ['first'], projects: ['first'], bytes: 9, characters: 9, documents: 1 };
  const planned = (...formats: string[]) =>
    planTuning({ ...studio(), tuneTexts: [{ ...text, formats }] } as never, ofPairs);
  expect(planned('txt')).toMatchObject({ recipe: { objective: 'causal' } });
  expect(planned('csv', 'txt')).toMatchObject({ recipe: { objective: 'causal' } });
  expect(planned('csv')).toMatchObject({ recipe: { objective: 'pairs' } });
});

test('fewer trainable parts take less memory, and epochs count the training set', () => {
  const of = (tuning: Parameters<typeof project>[0]) => {
    const plan = planTuning(studio({ purpose: 'instruct', ...tuning }), BASE, PREVIEW);
    if ('code' in plan) throw new Error(plan.message);
    return plan;
  };
  const [all, lora] = [of({ learns: 'all' }), of({ learns: 'adapter' })];
  expect(all.trainable).toBe(all.all);
  expect(lora.trainable).toBeLessThan(all.trainable);
  expect(lora.memory.total).toBeLessThan(lora.full.total);
  expect(all.memory).toEqual(all.full);
  // 200 steps of 4 rows of 64 tokens, a tenth of them old, over 0.9 of 12,800.
  expect(lora.passes).toBeCloseTo((200 * 4 * 64 * 0.9) / (12_800 * 0.9), 6);
  expect(planTuning(studio({ learns: 'last', layers: 9 }), BASE)).toMatchObject({ code: 'bad-settings' });
  const bert = { id: 'bert', config: modelSpec('bert').presets[0]!.config, vocabulary: 300 } as const;
  const encoder = { ...BASE, model: bert } as const;
  expect(planTuning(studio({ purpose: 'instruct', learns: 'all' }), encoder)).toMatchObject({
    problems: [{ field: 'objective' }],
  });
});

test('problems with chats prevent the start or cause a warning, and passed checks are listed', () => {
  const tones = (change: Partial<LossMaskPreview>): string[] =>
    doubtsOf({ ...PREVIEW, ...change }, 0.1, 64).map(({ tone, words }) => `${tone}: ${words}`);
  expect(tones({})).toEqual([
    'ok: All conversations fit',
    'ok: Learns when to stop',
    'ok: Chats use the training template',
  ]);
  expect(tones({ tooLong: { count: 12, withoutLoss: 3 } })[0]).toBe('warn: 12 conversations truncated to 64 tokens');
  expect(tones({ tooLong: { count: 100, withoutLoss: 100 } })[0]).toBe('error: No tokens to train on');
  expect(tones({ conversations: 1 })[1]).toBe('error: One conversation is too few');
  expect(tones({ conversations: 20 })[1]).toBe('warn: Only 20 conversations');
  const { endsWith: _, ...without } = PREVIEW;
  expect(doubtsOf({ ...without, asksAlike: false }, 0.1, 64).map(({ tone }) => tone)).toEqual(['ok', 'warn', 'warn']);
});

test('a tuning shows its waiting time: longer for more steps and text, unknown before the device is measured', () => {
  const info = { kind: 'wasm', name: 'Processor', software: false, features: [], gigaflops: 20, choices: [] } as const;
  const text = {
    id: 't',
    tunes: ['first'],
    projects: ['first'],
    bytes: 9e6,
    characters: 9e6,
    documents: 10,
    formats: ['txt'],
  };
  const seconds = (steps: number, given: object = { device: { kind: 'open', info } }): number | undefined => {
    const recipe = { ...project().tuning.recipe, steps };
    const plan = planTuning({ ...studio({ recipe }), ...given }, BASE);
    return 'code' in plan ? undefined : plan.seconds;
  };
  expect(seconds(100, {})).toBeUndefined();
  expect(seconds(100)).toBeGreaterThan(0);
  expect(seconds(1000)! / seconds(100)!).toBeGreaterThan(5);
  const withText = { device: { kind: 'open', info }, tuneTexts: [text], buildRate: 1e6 };
  expect(seconds(100, withText)! - seconds(100)!).toBeCloseTo(9, 6);
});
