/** --minutes without sizes. */
import { expect, test } from 'vitest';
import { makePlan } from '../src/core/plan/plan';
import { shouldPlan } from './learnFlags';
import { planWords } from './planWords';

test('only a time budget makes a plan: size flags replace it', () => {
  expect(shouldPlan(new Set(['minutes', 'text', 'out', 'learning-rate', 'device']))).toBe(true);
  for (const size of ['tokenizer', 'layers', 'heads', 'width', 'context', 'batch', 'resume'])
    expect(shouldPlan(new Set(['minutes', size]))).toBe(false);
  expect(shouldPlan(new Set(['text']))).toBe(false);
});

test('energy comes with power and cost, and says which of them is assumed', () => {
  const text = {
    bytes: 1e6,
    vocabularies: [{ kind: 'bpe' as const, size: 1024, bytesPerToken: 2.7, unigramBits: 3.1 }],
    trigramBits: 2,
    repeated: 0,
  };
  const plan = {
    ...makePlan({ text, held: 0.1, device: { kind: 'wasm', gigaflops: 30 }, seconds: 3600 }),
    seconds: 3600,
  };
  expect(planWords(plan, 'wasm', { price: 0.3 }).join(' ')).toContain(
    'about 30 Wh at 30 W, an estimate, cost less than $0.01 at $0.30 per kWh.',
  );
  expect(planWords(plan, 'wasm', { watts: 200, price: 2 }).join(' ')).toContain(
    'about 200 Wh at 200 W, cost $0.40 at $2.00 per kWh.',
  );
});
