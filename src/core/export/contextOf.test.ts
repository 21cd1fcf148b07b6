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

test('a model reads fewer tokens at once only where no weight depends on how many they are', () => {
  expect(withContext(llama, 16).config).toEqual({ ...llama.config, context: 16 });
  expect(withContext(gpt, 16)).toBe(gpt); // it has a weight for each place
});

test('where nothing is to change it is the very one, by which what was measured of it is known to be of it', () => {
  for (const max of [64, 65, Infinity]) expect(withContext(llama, max)).toBe(llama);
});
