import { expect, test } from 'vitest';
import { inertServices } from '../../core/testing/inertServices';
import { runRecord } from '../../core/testing/runRecord';
import { showing } from '../../core/testing/shown';
import { createStudio } from '../../state/studio';
import { stage } from './stage';

test('a model that was brought in has its tokenizer, though the project has none', () => {
  const store = createStudio(inertServices());
  expect(stage.state(store.getState())).toEqual({ node: 'none', line: 'needs text' });
  const saved = { step: 3, bytes: 1, at: null };
  showing(store, { record: runRecord({}), saved, usable: saved });
  expect(stage.state(store.getState())).toMatchObject({
    node: 'done',
    line: expect.stringMatching(/entries, the model’s$/) as string,
  });
});
