/** Evaluations of a run are deleted with it, despite concurrent changes, and can be read whatever their values. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { runRecord } from '../../testing/runRecord';
import { EVALUATIONS, type EvaluationRecord, evaluationKey } from './evaluations';
import { keepEvaluation, readEvaluation } from './keptEvaluations';
import { addRun, purgeRun, recordKey } from './record';
import { evaluationSummary } from './evaluationSummary';
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

test("deletes what another tab saves during a run's deletion", async () => {
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

test('keeps no evaluations of a missing run, and all of an unreadable one', async () => {
  const store = await storeOf('a', 'b', 'c');
  await store.commit({ drop: [recordKey('a')], put: [[recordKey('b'), { version: 99 }]] });
  await dropUnused(store);
  expect(await store.keys(EVALUATIONS)).toEqual(['b', 'c'].map((id) => evaluationKey(measured(id, 1))));
});

test('stores the evaluation of a diverged model without non-finite values, and reads it again', async () => {
  const store = await storeOf('a');
  const record = measured('a', 3);
  const share = { value: 0, low: 0, high: 9, pairs: 1, margin: NaN };
  const evaluation = {
    ...record.evaluation,
    baselines: { trigram: { loss: NaN }, uniform: { loss: 5 } },
    minimalPairs: { all: share, kinds: {}, missed: [] },
  };
  await keepEvaluation(store, { ...record, evaluation });
  const kept = (await readEvaluation(store, 'a', 3, 'validation'))!.record;
  expect(kept.step).toBe(3);
  expect(kept.evaluation.baselines).toEqual({ uniform: { loss: 5 } });
  expect(kept.evaluation.leftOut.map(({ name }) => name)).toEqual(['trigram', 'minimalPairs']);
  expect(evaluationSummary({ ...record, evaluation })[0]!.baselines).toEqual({ uniform: { loss: 5 } });
});
