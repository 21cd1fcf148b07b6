import { expect, test } from 'vitest';
import { inertServices } from '../../testing/inertServices';
import { runRecord } from '../../testing/runRecord';
import { showing } from '../../testing/shown';
import { createStudio } from '../../state/studio';
import { stage } from './stage';
import { modelTokenizerWords } from './tokenizer/modelTokenizer';

test('shows the tokenizer of an imported model, though the project has none', () => {
  const store = createStudio(inertServices());
  expect(stage.state(store.getState())).toEqual({ sign: 'none' });
  const saved = { step: 3, bytes: 1, at: null };
  showing(store, { record: runRecord({}), saved, usable: saved });
  expect(stage.state(store.getState())).toEqual({ sign: 'done', line: '257 tokens' });
  expect(modelTokenizerWords(store.getState())).toBe('Bytes · 257 entries');
});
