/** What was measured of a run goes with it, whatever happens meanwhile. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { runRecord } from '../testing/runRecord';
import { EVALUATIONS, type EvaluationRecord, evaluationKey } from './evaluations';
import { keepEvaluation } from './keptEvaluations';
import { addRun, purgeRun, recordKey } from './record';
import { dropUnused } from './unused';

const measured = (runId: string, step: number): EvaluationRecord => ({
  ...{ version: 1, runId, step, part: 'validation', textHash: '', tokenizerHash: '', madeAt: 1 },
  evaluation: { tokens: 0, documents: 0, bytes: 0, metrics: {}, baselines: {}, leftOut: [] },
});
async function storeOf(...ids: readonly string[]): Promise<BlobStore> {
  const store = memoryStore();
  for (const id of ids) {
    await addRun(store, runRecord({ id }));
    await keepEvaluation(store, measured(id, 1));
  }
  return store;
}

test('what another tab keeps while a run goes goes too', async () => {
  const store = await storeOf('a', 'b');
  let isFirst = true;
  const busy: BlobStore = {
    ...store,
    async commit(change) {
      if (isFirst) await keepEvaluation(store, measured('a', 2));
      isFirst = false;
      return store.commit(change);
    },
  };
  expect(await purgeRun(busy, 'a')).toBe(true);
  expect(await store.keys(EVALUATIONS)).toEqual([evaluationKey(measured('b', 1))]);
});

test('of a run that is nowhere nothing stays; of one that cannot be read all does', async () => {
  const store = await storeOf('a', 'b', 'c');
  await store.commit({ drop: [recordKey('a')], put: [[recordKey('b'), { version: 99 }]] });
  await dropUnused(store);
  expect(await store.keys(EVALUATIONS)).toEqual(['b', 'c'].map((id) => evaluationKey(measured(id, 1))));
});
