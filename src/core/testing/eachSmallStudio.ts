/** A studio over the workers' real halves and a store of its own for each test, with small runs to begin there. */
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from './behindChannels';
import { type Begin, smallRuns } from './besideRuns';

export interface SmallStudio {
  store: BlobStore;
  worker: TestStudio;
  of: Begin;
}

/** @param begin what each test begins with */
export function eachSmallStudio(begin: (studio: SmallStudio) => unknown): void {
  let worker: TestStudio;
  beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
  afterAll(() => vi.unstubAllGlobals());
  beforeEach(async () => {
    const store = memoryStore();
    worker = testStudio(store);
    await begin({ store, worker, of: await smallRuns(store) });
  });
  afterEach(() => worker.close());
}
