import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Asked, OfflineMessage } from '../protocol/offline';
import { IDLE } from '../state/work';
import { keepOffline } from './offline';
import type { Studio, StudioStore } from '../state/slices/studio';

/** A service worker that stores one batch in 100 ms. */
class StoringWorker extends EventTarget {
  batches = 0;
  constructor(readonly container: EventTarget) {
    super();
  }
  postMessage(asked: Asked): void {
    if (asked === 'keep more') this.batches++;
    setTimeout(() => this.answer({ kind: 'stored', isMissingMore: this.batches < BATCHES }), 100);
  }
  private answer(data: OfflineMessage): void {
    this.container.dispatchEvent(Object.assign(new Event('message'), { data, source: this }));
  }
}
const BATCHES = 20;

let active: StoringWorker;
vi.mock('./workers', () => ({
  registerServiceWorker: () => Promise.resolve(Object.assign(new EventTarget(), { active })),
  onWorkerRequests: () => undefined,
}));

const AT_REST = { importing: IDLE, training: null, opened: {} };
let store: StudioStore;
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv('PROD', true);
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('requestIdleCallback', (callback: () => void) => setTimeout(callback, 10));
  const serviceWorker = Object.assign(new EventTarget(), {
    startMessages: () => undefined,
    getRegistration: () => Promise.resolve(undefined),
  });
  vi.stubGlobal('navigator', { serviceWorker });
  active = new StoringWorker(serviceWorker);
  store = createStore(() => AT_REST) as unknown as StudioStore;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('an unused page requests one batch after another, without a pause', async () => {
  await keepOffline(store);
  await vi.advanceTimersByTimeAsync(5000);
  expect(active.batches).toBe(BATCHES);
});

test.each([
  ['hidden', () => vi.stubGlobal('document', { hidden: true })],
  ['training', () => store.setState({ training: { runId: 'r', projectId: 'p' } } as Partial<Studio>)],
])('a page that is %s meanwhile requests no more', async (_, use) => {
  await keepOffline(store);
  await vi.advanceTimersByTimeAsync(2000);
  expect(active.batches).toBeGreaterThan(0);
  expect(active.batches).toBeLessThan(BATCHES);
  use();
  await vi.advanceTimersByTimeAsync(200);
  const { batches } = active;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(active.batches).toBe(batches);

  vi.stubGlobal('document', { hidden: false });
  store.setState({ training: null });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(active.batches).toBe(BATCHES);
});
