/** A studio over the real halves of workers, with a new store for each test, and small runs to start from. */
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { type BlobStore, memoryStore, type Stored } from '../core/base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from './behindChannels';
import { type Begin, smallRuns } from './smallRuns';

interface SmallStudio {
  store: BlobStore;
  worker: TestStudio;
  of: Begin;
}

/** Runs that tests start from. Each stage is trained at most once per file, in a copy of the first stage's store. */
type Stages = Readonly<Record<string, (studio: SmallStudio) => Promise<unknown>>>;

type Values = readonly (readonly [key: string, value: Stored])[];

/**
 * @param begin receives the studio of each test
 * @param stages by name; each test starts with the first stage's store
 * @returns a function that gives the current test's store the contents of the named stage
 */
export function eachSmallStudio<S extends Stages>(
  begin: (studio: SmallStudio) => unknown,
  stages?: S,
): (stage: keyof S) => Promise<void> {
  let worker: TestStudio;
  let current: SmallStudio;
  let emptyStage: Promise<{ of: Begin; values: Values }> | undefined;
  const [first] = Object.keys(stages ?? {});
  const stageValues = new Map<PropertyKey, Promise<Values>>();

  async function fill(): Promise<{ of: Begin; values: Values }> {
    const store = memoryStore();
    const of = await smallRuns(store);
    return { of, values: await store.entries('') };
  }
  async function make(stage: keyof S): Promise<Values> {
    const { of, values } = await (emptyStage ??= fill());
    const store = await storeOf(stage === first ? values : await valuesOf(first!));
    const stageStudio = testStudio(store);
    await stages![stage]!({ store, worker: stageStudio, of });
    stageStudio.close();
    return store.entries('');
  }
  function valuesOf(stage: keyof S): Promise<Values> {
    const values = stageValues.get(stage) ?? make(stage);
    stageValues.set(stage, values);
    return values;
  }

  beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
  afterAll(() => vi.unstubAllGlobals());
  beforeEach(async () => {
    const { of, values } = await (emptyStage ??= fill());
    const store = await storeOf(first === undefined ? values : await valuesOf(first));
    worker = testStudio(store);
    current = { store, worker, of };
    await begin(current);
  });
  afterEach(() => worker.close());

  return async (stage) => {
    const { store } = current;
    await store.commit({ drop: await store.keys('') });
    await store.commit({ put: structuredClone(await valuesOf(stage)) });
  };
}

async function storeOf(values: Values): Promise<BlobStore> {
  const store = memoryStore();
  await store.commit({ put: structuredClone(values) });
  return store;
}
