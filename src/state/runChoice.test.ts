import { expect, test } from 'vitest';
import { runRows } from '../testing/runRows';
import { runOptions } from './runChoice';

test('a run without checkpoints can be viewed, but not sampled or exported', () => {
  const [newer, older] = runRows(2);
  const rows = [newer!, { ...older!, bytes: 0 }];
  expect(runOptions(rows, 'train').map(({ label, hint }) => `${label}, ${hint}`)).toEqual([
    'dropout 0.3, step 4,000',
    'baseline, step 4,000',
  ]);
  for (const page of ['playground', 'export'] as const)
    expect(runOptions(rows, page).map(({ label }) => label)).toEqual(['dropout 0.3']);
  expect(runOptions([{ ...newer!, bytes: null }], 'export')).toEqual([]);
});
