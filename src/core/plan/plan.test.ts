import { expect, test } from 'vitest';
import { problems } from '../train/problems';
import { MIN_STEPS, makePlan, maxEpochs, type Plan, type PlanInput, withRecipe } from './plan';
import type { TextProfile } from './profile';

/** Measured vocabularies of a novel. */
const vocabularies = [
  [257, 1, 4.47],
  [512, 2.13, 3.57],
  [1024, 2.72, 3.15],
  [2048, 3.22, 2.86],
  [4096, 3.7, 2.62],
].map(([size, bytesPerToken, unigramBits]) => ({
  kind: 'bpe' as const,
  size: size!,
  bytesPerToken: bytesPerToken!,
  unigramBits: unigramBits!,
}));
const textOf = (bytes: number): TextProfile => ({ bytes, vocabularies, repeated: 0.02, trigramBits: 2 });
const wasm = { kind: 'wasm', gigaflops: 30 } as const;
const novel: PlanInput = { text: textOf(1.2e6), held: 0.1, device: wasm, seconds: 300 };
const minutes = (n: number, input = novel): Plan => makePlan({ ...input, seconds: 60 * n });

function expectRunnable(plan: Plan, { text, held, seconds }: PlanInput): void {
  const all = text.bytes / plan.vocabulary.bytesPerToken;
  const tokens = { train: Math.floor((1 - held) * all), validation: Math.floor(held * all) };
  expect(problems(plan.model, plan.recipe, tokens)).toEqual([]);
  expect(plan.seconds).toBeLessThanOrEqual(seconds);
  if (plan.recipe.steps > MIN_STEPS) expect(plan.epochs).toBeLessThanOrEqual(maxEpochs(plan.recipe.dropout));
  const { low, value, high } = plan.expected!;
  expect(low).toBeLessThan(value);
  expect(value).toBeLessThan(high);
  expect(plan.twice!.value).toBeLessThanOrEqual(value);
}

test('every plan fits its time, and more time or a faster device does not worsen the estimate', () => {
  for (const bytes of [3e4, 1.2e6, 6e7])
    for (const gigaflops of [10, 3000]) {
      const input: PlanInput = { ...novel, text: textOf(bytes), device: { kind: 'webgpu', gigaflops } };
      const plans = [1, 5, 30, 600].map((n) => minutes(n, input));
      for (const [i, n] of [1, 5, 30, 600].entries()) expectRunnable(plans[i]!, { ...input, seconds: 60 * n });
      const values = plans.map(({ expected }) => expected!.value);
      // The ranking gives half a percent for a doubled context.
      for (const [i, value] of values.slice(1).entries()) expect(value).toBeLessThan(1.01 * values[i]!);
    }
  const parameters = (gigaflops: number): number =>
    makePlan({ ...novel, text: textOf(6e7), device: { kind: 'webgpu', gigaflops } }).cost.parameters;
  expect(parameters(3000)).toBeGreaterThan(2 * parameters(30));
});

test('measured slowness changes the plan like a slower device', () => {
  const slow = makePlan({ ...novel, device: { ...wasm, slowness: 4 } });
  const plan = makePlan(novel);
  expect(slow.expected!.value).toBeGreaterThan(plan.expected!.value);
  expect(slow.pace.step * slow.recipe.steps).toBeLessThanOrEqual(300);
  expect(withRecipe(plan, { ...plan.recipe, steps: plan.recipe.steps / 4 }).expected!.value).toBeGreaterThan(
    plan.expected!.value,
  );
});

test('a small text isn’t memorized, however long the time budget is', () => {
  const plan = minutes(600, { ...novel, text: textOf(8e4) });
  expect(plan.seconds).toBeLessThan(60 * 600 * 0.9);
  expect(plan.twice).toEqual(plan.expected);
});

test('200 bytes are enough for a plan, and an error for fewer says what is missing', () => {
  const tiny = { bytes: 200, vocabularies: vocabularies.slice(0, 1), repeated: 0, trigramBits: 2 };
  expectRunnable(minutes(5, { ...novel, text: tiny }), { ...novel, text: tiny, seconds: 300 });
  expect(() => minutes(5, { ...novel, text: { ...tiny, bytes: 60 } })).toThrow(/this text \(60 bytes\)/);
});

test('a plan takes at most half of the memory limit, and keeps an existing vocabulary', () => {
  const input: PlanInput = { ...novel, text: textOf(6e7), device: { kind: 'webgpu', gigaflops: 3000 }, seconds: 7200 };
  const free = makePlan(input);
  const bound = 1e8;
  const small = makePlan({ ...input, limits: { bound } });
  expect(16 * free.cost.parameters).toBeGreaterThan(bound);
  expect(16 * small.cost.parameters).toBeLessThan(bound / 2);
  expect(() => makePlan({ ...input, limits: { bound: 1e6 } })).toThrow(/No model fits/);
  expect(makePlan({ ...input, vocabulary: 1024 }).model.vocabulary).toBe(1024);
});

test('repetition lowers the expected loss, and too much repetition leaves no estimate', () => {
  const [prose, mail, logs] = [0.02, 0.28, 0.34].map((repeated) =>
    makePlan({ ...novel, text: { ...textOf(1.2e6), repeated } }),
  );
  expect(mail!.expected!.value).toBeLessThan(0.8 * prose!.expected!.value);
  expect(mail!.model).toEqual(prose!.model);
  expect([logs!.expected, logs!.twice, logs!.trigram]).toEqual([undefined, undefined, undefined]);
  expect(logs!.model).toEqual(prose!.model);
});
