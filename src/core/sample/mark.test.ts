import { expect, test } from 'vitest';
import { markOf, withMark } from './mark';

test('a mark names the model and its step, in a separate paragraph', () => {
  expect(withMark('The sea.\n', markOf('sea-1', 2600))).toBe(
    'The sea.\n\nWritten by a language model (sea-1, step 2,600) with Homegrown.',
  );
  expect(markOf('model.gguf', undefined)).toBe('Written by a language model (model.gguf) with Homegrown.');
});
