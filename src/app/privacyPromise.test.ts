/** Storage usage, measured once for all displays. */
import { afterEach, expect, test, vi } from 'vitest';
import { inertServices } from '../testing/inertServices';
import { createStudio } from '../state/studio';
import { measureUsage, watchUsage } from './privacyPromise';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('the storage is measured at once, after changes, and every 15 seconds, unless the page is hidden', async () => {
  vi.useFakeTimers();
  let bytes = 1000;
  const page = { hidden: false };
  vi.stubGlobal('document', page);
  const usageDetails = { caches: 400 };
  vi.stubGlobal('navigator', {
    storage: {
      estimate: () => Promise.resolve({ usage: (bytes += 100), usageDetails }),
      persisted: () => Promise.resolve(true),
    },
  });
  const store = createStudio(inertServices());
  watchUsage(store);
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState().usage).toEqual({ bytes: 700, persistent: true });
  store.setState({ texts: [] });
  store.setState({ kept: 'saving' });
  await vi.advanceTimersByTimeAsync(0);
  expect(store.getState().usage?.bytes).toBe(800);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(store.getState().usage?.bytes).toBe(900);
  page.hidden = true;
  await vi.advanceTimersByTimeAsync(15_000);
  await measureUsage(store);
  expect(store.getState().usage?.bytes).toBe(900);
});
