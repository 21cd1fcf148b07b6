import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import type { LabelCounts } from '../metrics/labels/counts';
import type { TrainEvent } from '../train/run';
import { openJournal, readJournal } from './journal';

test('an early end, what was waited for and what else a run tells of it come back, and go with a step that is undone', async () => {
  const store = memoryStore();
  const labels: LabelCounts = { texts: 3, right: 2, cells: [[0, 0, 2], [1, 0, 1]] }; // prettier-ignore
  const metrics = { bitsPerByte: { value: 1.5 } };
  const told: TrainEvent[] = [
    { kind: 'evaluated', step: 2, loss: 3, metrics, activeMs: 9, sample: 'the' },
    { kind: 'evaluated', step: 4, loss: 3.1, metrics, activeMs: 19, sample: 'a', labels },
    { kind: 'early', step: 4, loss: 3, evaluations: 1 },
    { kind: 'saved', step: 4, bytes: 12 },
  ];
  await (await openJournal(store, 'r', 0)).append(told);
  expect(await readJournal(store, 'r')).toEqual(told);
  await openJournal(store, 'r', 3);
  expect(await readJournal(store, 'r')).toEqual(told.slice(0, 1));
});
