/** Runs that tune a saved step of another, over the workers' real halves, on WASM. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Trainable } from '../core/adapters/trainable';
import { linearWeights } from '../core/adapters/trainable';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { basesThere, readBase } from '../core/checkpoint/base';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { paramsOf } from '../core/models';
import { readJournal } from '../core/runs/journal';
import { readRun, type RunRecord } from '../core/runs/record';
import { lonelyLocks, type TestStudio, testStudio } from '../core/testing/behindChannels';
import { type Begin, smallRuns } from '../core/testing/besideRuns';
import { ownOf } from '../core/train/partly';
import type { Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import type { TuneInput } from '../protocol/gpu';

let store: BlobStore;
let of: Begin;
let worker: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  store = memoryStore();
  worker = testStudio(store);
  of = await smallRuns(store);
  await worker.gpu.call('begin', of('parent', { steps: 10, warmup: 2 }));
});
afterEach(() => worker.close());

const RECIPE = { steps: 12, saveEvery: 4, evalEvery: 4, warmup: 2, learningRate: 0.01 };

/** LoRA beside all matrices. */
function loraOf(over: Partial<Trainable> = {}): Trainable {
  const { model } = of('parent', {});
  return {
    weights: [],
    adapter: {
      id: 'lora',
      settings: { rank: 2, alpha: 4, dropout: 0.1, rankStabilised: false },
      beside: linearWeights(paramsOf(model)),
    },
    ...over,
  };
}
function tuneInput(runId: string, recipe: Partial<Recipe> = {}, more: Partial<TuneInput> = {}): TuneInput {
  const { model: _, ...begin } = of(runId, { ...RECIPE, ...recipe });
  return { ...begin, from: { runId: 'parent', step: 10 }, trainable: loraOf(), ...more };
}
const tune = (...input: Parameters<typeof tuneInput>) => worker.gpu.call('tune', tuneInput(...input));
const recordOf = async (runId: string): Promise<RunRecord> => (await readRun(store, runId))!;
const latest = async (runId: string) => (await loadSnapshot(store, runId)).snapshot;
/** What a run tells that is the same however it was stopped. */
const told = async (runId: string): Promise<unknown[]> =>
  (await readJournal(store, runId)).flatMap((event: TrainEvent): unknown[] => {
    if (event.kind === 'step') return [[event.step, event.loss]];
    return event.kind === 'evaluated' ? [[event.step, event.loss, event.metrics, event.sample]] : [];
  });

test('a run that tunes has what learns alone in its steps, its base once, and measures what is forgotten as evaluate says it', async () => {
  await tune('lora');
  const record = await recordOf('lora');
  expect(record).toMatchObject({
    status: 'finished',
    step: 12,
    parent: { runId: 'parent', step: 10, how: 'fine-tune', name: 'parent' },
    trainable: loraOf(),
    old: (await recordOf('parent')).segments[0].data,
  });
  const { tensors, state } = await latest('lora');
  const own = Object.keys(paramsOf(record.model));
  expect([...tensors.keys()].filter((name) => own.includes(name))).toEqual([]);
  expect(await basesThere(store)).toEqual([record.base]);
  expect(state.frozen).toBe(record.base);
  expect(await readBase(store, record.base!)).toEqual(ownOf(record.model, (await latest('parent')).tensors));

  const { evaluation } = await worker.gpu.call('evaluation', {
    ...{ runId: 'lora', which: 'latest', on: { part: 'validation' }, now: 1 },
  } as never);
  const last = (await readJournal(store, 'lora')).findLast((event) => event.kind === 'evaluated');
  const { value, low, high } = evaluation.metrics.perplexity!;
  expect(last!.metrics.oldPerplexity).toEqual({ value, low, high });
}, 120_000);

test('one that is stopped, or whose tab ends, goes on to the bits of one that is not', async () => {
  const replay = { replay: 0.5 };
  await tune('whole', replay);
  const stop = new AbortController();
  await worker.gpu.call('tune', tuneInput('stopped', replay), {
    signal: stop.signal,
    onProgress: (events) => events.some((e) => e.kind === 'step' && e.step >= 6) && stop.abort(),
  });
  expect((await recordOf('stopped')).step).toBeLessThan(12);
  await worker.gpu.call('resume', { runId: 'stopped' });
  expect((await latest('stopped')).tensors).toEqual((await latest('whole')).tensors);

  // A tab that ends: nothing is written from the ninth step on, and another one goes on.
  let isEnded = false;
  const dying = testStudio({
    ...store,
    commit: (change) => (isEnded ? Promise.reject(new Error('the tab has ended')) : store.commit(change)),
  });
  await expect(
    dying.gpu.call('tune', tuneInput('killed', replay), {
      onProgress: (events) => (isEnded ||= events.some((e) => e.kind === 'saved' && e.step === 8)),
    }),
  ).rejects.toThrow();
  dying.close();
  expect(await recordOf('killed')).toMatchObject({ status: 'running' });
  await worker.gpu.call('resume', { runId: 'killed' });
  expect((await latest('killed')).tensors).toEqual((await latest('whole')).tensors);
  const [killed, whole] = [await told('killed'), await told('whole')];
  expect(killed).toEqual(whole);
}, 120_000);
