import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Studio } from '../state/studio';
import { lookAt, RESTING_MS } from './lookAt';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('runs are read of a project that is rested on, not of one that is passed over, nor of one that is open by then', () => {
  const read: string[] = [];
  const row = (id: string) => ({ id, name: id, openedAt: 0, texts: 1, runs: 1, bytes: null });
  const studio = { projects: ['a', 'b', 'c'].map(row), project: { id: 'a' } } as unknown as Studio;
  const getState = (): Studio => ({ ...studio, runsBefore: (id: string) => void read.push(id) });
  const store = { getState };
  lookAt(store, 'open-b');
  vi.advanceTimersByTime(RESTING_MS - 1);
  lookAt(store, 'open-c');
  vi.advanceTimersByTime(RESTING_MS);
  expect(read).toEqual(['c']);
  lookAt(store, 'open-b');
  lookAt(store, 'new-project'); // which opens none that there is
  lookAt(store, 'open-a');
  vi.advanceTimersByTime(RESTING_MS);
  lookAt(store, 'open-b');
  studio.project = { ...studio.project, id: 'b' };
  vi.advanceTimersByTime(RESTING_MS);
  expect(read).toEqual(['c']);
});
