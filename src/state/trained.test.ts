/** The words for steps, over a real studio with stored runs. */
import { afterEach, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../core/base/blobStore';
import { claimRun } from '../core/checkpoint/checkpoint';
import type { TrainState } from '../core/checkpoint/snapshot';
import { openJournal } from '../core/runs/journal';
import { addRun } from '../core/runs/record';
import { type TestStudio, testStudio } from '../testing/behindChannels';
import { runRecord } from '../testing/runRecord';
import { seen } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import { stage } from '../features/train/stage';
import { RunLog } from './runLog';
import { bestWords, stepChoices, trained } from './trained';
import type { Studio } from './slices/studio';

const model = { id: 'gpt' as const, config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 };
const tensors = new Map([['w', { shape: [1], data: Float32Array.of(1) }]]);
const stateAt = (step: number, best: TrainState['best']): TrainState => ({ step, tokensSeen: 0, activeMs: 0, best });
const LOSSES: readonly (readonly [number, number])[] = [
  [0, 5.5],
  [250, 3],
  [500, 2.5],
  [750, 2],
  [1000, 2.2],
];

/** A run with its best step at 750, evaluated every 250 steps, and saved every 200 steps and at 1,000. */
async function storedRun(isKept: boolean): Promise<BlobStore> {
  const store = memoryStore();
  const writer = await claimRun(store, 'r');
  const evaluated = LOSSES.map(([step, loss]): TrainEvent => ({
    kind: 'evaluated',
    step,
    loss,
    metrics: { bitsPerByte: { value: 1 } },
    activeMs: step,
    sample: '',
  }));
  await (await openJournal(store, 'r', 0)).append(evaluated);
  await writer.save({ state: stateAt(0, { step: 0, loss: 5.5 }), tensors });
  // Older builds recorded a best step, and kept it only if it was a checkpoint.
  const best = { step: 750, loss: 2 };
  if (isKept) await writer.keepBest(stateAt(750, best), () => Promise.resolve(tensors));
  for (const step of [800, 1000]) await writer.save({ state: stateAt(step, best), tensors });
  await addRun(
    store,
    runRecord({ id: 'r', status: 'finished', step: 1000, model, recipe: { ...DEFAULT_RECIPE, steps: 1000 } }),
  );
  return store;
}

let page: TestStudio;
afterEach(() => page.close());
async function studioOf(store: BlobStore): Promise<() => Studio> {
  page = testStudio(store);
  const { getState } = page.studio;
  getState().change({ runId: 'r' });
  await getState().loadRun();
  return getState;
}

test('the best checkpoint is used until a person selects another; each shows its loss', async () => {
  const get = await studioOf(await storedRun(true));
  expect(trained(get(), 'playground')).toMatchObject({ step: 750, why: 'best on the validation set' });
  expect(stepChoices(seen(get()).model!)).toMatchObject([
    { value: 'latest', label: 'Step 1,000, latest' },
    { value: '800', label: 'Step 800, previous' },
    { value: 'best', label: 'Step 750, best' },
  ]);
  get().setWhich('playground', 'latest');
  expect(trained(get(), 'playground')).toMatchObject({
    step: 1000,
    why: undefined,
    result: 'perplexity 9.03 on held-out text',
    notKept: undefined,
  });
  get().setWhich('playground', 'best');
  expect(trained(get(), 'playground')).toMatchObject({
    step: 750,
    result: 'perplexity 7.39 on held-out text',
    notKept: undefined,
  });
  expect(bestWords(seen(get()).model!)).toBe('Best step 750 is saved.');
});

test('a run of a build that did not keep its best reports it', async () => {
  const get = await studioOf(await storedRun(false));
  expect(stepChoices(seen(get()).model!)).toMatchObject([
    { value: 'latest', label: 'Step 1,000, latest' },
    { value: '800', label: 'Step 800, previous' },
    { value: 'best', label: 'Step 0, best saved' },
  ]);
  expect(trained(get(), 'playground').notKept).toBe("best step 750, perplexity 7.39, wasn't saved");
  expect(bestWords(seen(get()).model!)).toBe("Step 750 wasn't saved.");
});

test('an evaluation at another step names its step, and none shows before the first one', async () => {
  const get = await studioOf(await storedRun(true));
  get().setWhich('playground', 800);
  expect(trained(get(), 'playground')).toMatchObject({
    step: 800,
    result: 'perplexity 7.39 on held-out text at step 750',
  });
  get().changeRun('r', (run) => {
    const log = new RunLog();
    log.append({ kind: 'evaluated', step: 0, loss: 6.9, metrics: {}, activeMs: 0, sample: '' });
    return { ...run, log };
  });
  expect(trained(get(), 'playground').result).toBeUndefined();
  expect(stage.state(get()).line).toBe('step 1,000');
});
