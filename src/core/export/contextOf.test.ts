import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import type { ModelChoice } from '../models/network';
import { withContext } from './contextOf';

const small = { layers: 1, heads: 1, width: 8, context: 64 };
const gpt: ModelChoice = { id: 'gpt', config: small, vocabulary: 257 };
const llama: ModelChoice = {
  id: 'llama',
  config: { ...modelSpec('llama').presets[0]!.config, ...small },
  vocabulary: 257,
};

test('shortens a context only if no weight depends on it', () => {
  expect(withContext(llama, 16).config).toEqual({ ...llama.config, context: 16 });
  expect(withContext(gpt, 16)).toBe(gpt); // it has a weight for each position
});

test('returns the same object if nothing changes, so that its evaluations stay valid', () => {
  for (const max of [64, 65, Infinity]) expect(withContext(llama, max)).toBe(llama);
});
