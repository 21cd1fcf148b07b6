/** A size that was a switch, and is now a choice: stored values open with the same meaning. */
import { expect, test } from 'vitest';
import { modelDraftSchema, ofArchitecture } from './modelDraft';
import { modelSchema } from './settings';

const sizes = { layers: 2, heads: 4, kvHeads: 2, width: 64, hidden: 96, context: 32, theta: 10_000, headWidth: 0 };
const before = { ...sizes, normEpsilon: 1e-6, window: 0 };
const choice = (switches: object) => ({ id: 'llama', config: { ...before, ...switches }, vocabulary: 300 });

test.each([
  [{ qkNorm: true }, { qkNorm: 'heads', norm: 'before' }],
  [{ qkNorm: false }, { qkNorm: 'none', norm: 'before' }],
  [{}, { qkNorm: 'none', norm: 'before' }],
  [
    { qkNorm: 'rows', norm: 'after' },
    { qkNorm: 'rows', norm: 'after' },
  ],
])('reads a run with %j as %j', (stored, now) => {
  expect(modelSchema.parse(choice(stored)).config).toEqual({ ...before, ...now });
  const draft = { id: 'llama', config: { ...before, ...stored }, byHand: ['qkNorm'] };
  expect(modelDraftSchema.parse(draft).config).toEqual({ ...before, ...now });
  const left = { ...draft, id: 'gpt' as const, config: { layers: 2, heads: 4, width: 64, context: 32 } };
  const others = { llama: { config: draft.config, byHand: ['qkNorm'] } };
  expect(ofArchitecture({ ...left, others }, 'llama', 300).config).toMatchObject(
    'qkNorm' in stored ? { qkNorm: now.qkNorm } : {},
  );
});

test.each(['on', 'all', 1, null])('refuses an invalid choice: %j', (qkNorm) => {
  expect(modelSchema.safeParse(choice({ qkNorm })).success).toBe(false);
});
