import { beforeAll, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { claimRun, keptBest, listSnapshots, loadSnapshot } from '../checkpoint/checkpoint';
import { causalBatch } from '../objectives/causal';
import { createTokenizer } from '../tokenizer/byteLevel';
import { tokenSource } from '../../testing/tokenSource';
import { useSingleThreadWasm } from '../../testing/wasm';
import { learner } from './learner';
import { DEFAULT_RECIPE, type Recipe } from './recipe';
import type { Asked, Snapshot, TrainEvent, TrainInput, TrainOutcome } from './run';
import { train } from './train';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(20));
const source = (ids: Uint32Array) => tokenSource(ids, tokenizer.size);
const model = {
  id: 'gpt',
  config: { layers: 1, heads: 2, width: 16, context: 12 },
  vocabulary: tokenizer.size,
} as const;
const recipe: Recipe = {
  ...DEFAULT_RECIPE,
  steps: 12,
  batch: 3,
  warmup: 3,
  learningRate: 0.01,
  evalEvery: 2,
  evalTokens: 72,
  saveEvery: 5,
};

/** Trains as the worker does: claims the run, resumes from its last checkpoint, and saves. */
async function run(
  store: BlobStore,
  { stopAt, dieAt, ...change }: { stopAt?: number; dieAt?: number } & Partial<TrainInput> = {},
): Promise<{ outcome: TrainOutcome; events: TrainEvent[] }> {
  const from = (await listSnapshots(store, 'r')).length > 0 ? (await loadSnapshot(store, 'r')).snapshot : undefined;
  const writer = await claimRun(store, 'r');
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  const outcome = await train(
    {
      model,
      recipe,
      tokenizer,
      train: source(ids.subarray(0, 1200)),
      validation: source(ids.subarray(1200)),
      ...(from && { from: { ...from, state: { ...from.state, best: writer.best } } }),
      save: (snapshot) => writer.save(snapshot),
      keepBest: (state, weights) => writer.keepBest(state, weights),
      now: () => 0,
      ...change,
    },
    {
      signal: stop.signal,
      report(event) {
        events.push(event);
        if (event.kind !== 'step') return;
        if (event.step === stopAt) stop.abort();
        if (event.step === dieAt) throw new HomegrownError('device-lost', 'Gone');
      },
    },
  );
  return { outcome, events };
}
/** Evaluation with the lowest loss in a run's events; ties go to the first. */
const lowest = (events: readonly TrainEvent[]): { step: number; loss: number } | undefined =>
  events
    .flatMap((e) => (e.kind === 'evaluated' ? [{ step: e.step, loss: e.loss }] : []))
    .reduce<{ step: number; loss: number } | undefined>((a, b) => (a && a.loss <= b.loss ? a : b), undefined);

beforeAll(async () => {
  await useSingleThreadWasm();
});

test('stores the best evaluated step, after a whole run and after a stop', async () => {
  for (const stopAt of [undefined, 3]) {
    const store = memoryStore();
    const { outcome, events } = await run(store, stopAt === undefined ? {} : { stopAt });
    const want = lowest(events);
    expect(outcome.state.best).toEqual(want);
    expect(await keptBest(store, 'r')).toEqual(want);
    expect((await loadSnapshot(store, 'r', 'best')).snapshot.state.step).toBe(want!.step);
    // Stores each step once, and no longer the untrained one.
    const ids = new Set((await store.keys('runs/r/')).map((key) => key.split('/')[2]!.split('.')[0]));
    expect(ids).toEqual(new Set((await listSnapshots(store, 'r')).map(({ step }) => String(step))));
  }
});

test('a run killed after its best was saved keeps it, resumes from its last save, and ends as if uninterrupted', async () => {
  const [whole, broken] = [memoryStore(), memoryStore()];
  await run(whole);
  await expect(run(broken, { dieAt: 5 })).rejects.toThrow('Gone');
  const steps = await listSnapshots(broken, 'r');
  expect(steps).toMatchObject([
    { step: 0, latest: true },
    { step: 4, best: true, holds: 'weights' },
  ]);
  const { outcome } = await run(broken);
  expect(await keptBest(broken, 'r')).toEqual(await keptBest(whole, 'r'));
  expect(outcome.state.best).toEqual(await keptBest(whole, 'r'));
  for (const which of ['latest', 'best'] as const) {
    const [got, want] = [await loadSnapshot(broken, 'r', which), await loadSnapshot(whole, 'r', which)];
    expect(got.snapshot.tensors).toEqual(want.snapshot.tensors);
    expect(got.snapshot.state.step).toBe(want.snapshot.state.step);
  }
});

test('intermediate checkpoints and requests during training change no bit of the weights', async () => {
  const [quiet, asked] = [memoryStore(), memoryStore()];
  const whole = await run(quiet);
  const questions: Asked[] = [];
  const light = {
    at: (step: number) => [1, 2, 4, 8].includes(step),
    async keep(...kept: Parameters<NonNullable<TrainInput['light']>['keep']>) {
      const [{ step }] = kept;
      if (step === 2) questions.push({ what: 'sample', prompt: 'The sea ' });
      if (step === 4) questions.push({ what: 'evaluate' }, { what: 'evaluate' });
      return step === 8 ? undefined : (await claimRun(asked, 'light')).keepLight(...kept, 2 ** 29);
    },
  };
  await (await claimRun(asked, 'light')).save((await loadSnapshot(quiet, 'r')).snapshot);
  const { events } = await run(asked, { light, asked: () => questions.shift() });
  for (const which of ['latest', 'best'] as const)
    expect((await loadSnapshot(asked, 'r', which)).snapshot.tensors).toEqual(
      (await loadSnapshot(quiet, 'r', which)).snapshot.tensors,
    );
  const of = (kind: TrainEvent['kind'], all = events) => all.filter((event) => event.kind === kind);
  expect(of('step')).toEqual(of('step', whole.events));
  expect(of('kept').filter((event) => event.kind === 'kept' && event.light)).toMatchObject([
    { step: 1, light: true },
    { step: 2 },
    { step: 4 },
  ]);
  expect(of('sampled')).toMatchObject([{ step: 3, prompt: 'The sea ' }]);
  expect((of('sampled')[0] as { sample: string }).sample).toMatch(/^The sea ./s);
  // Two requests at one step cause one evaluation.
  const steps = of('evaluated').map((event) => (event.kind === 'evaluated' ? event.step : -1));
  expect(steps).toEqual([0, 2, 4, 5, 6, 8, 10, 12]);
  expect(of('evaluated').filter((event) => event.kind === 'evaluated' && event.step !== 5)).toEqual(
    of('evaluated', whole.events),
  );
});

test('without optimizer state, bias corrections count from the start, also after a resume', async () => {
  const store = memoryStore();
  await run(store);
  const { snapshot } = await loadSnapshot(store, 'r');
  const { state, tensors } = snapshot;
  const weights = new Map([...tensors].filter(([name]) => !name.startsWith('adam.')));
  const from = { state: { ...state, step: 5 }, tensors: weights };
  const begun: Snapshot[] = [];
  const settings: Recipe = { ...recipe, steps: 8, schedule: 'constant', warmup: 0, dropout: 0 };
  const go = (given: Snapshot, stopAt?: number) => {
    const stop = new AbortController();
    const save = (saved: Snapshot) => {
      begun.push(structuredClone(saved));
      return Promise.resolve({ bytes: 0 });
    };
    const data = { train: source(ids.subarray(0, 1200)), validation: source(ids.subarray(1200)) };
    return train(
      { model, recipe: settings, tokenizer, ...data, from: given, save, now: () => 0 },
      {
        signal: stop.signal,
        report(event) {
          if (event.kind === 'step' && event.step === stopAt) stop.abort();
        },
      },
    );
  };
  await go(from, 6);
  const first = begun.at(-1)!;
  expect(first.state).toMatchObject({ momentsFrom: 5 });
  await go(first);
  const resumed = begun.at(-1)!;
  expect(resumed.state).toMatchObject({ step: 8, momentsFrom: 5 });
  begun.length = 0;
  await go(from);
  expect(begun.at(-1)!.tensors).toEqual(resumed.tensors);
  // With optimizer state, bias corrections continue to count from the original start.
  await go({ ...from, tensors });
  expect(begun.at(-1)!.state).not.toHaveProperty('momentsFrom');

  // The first update equals that of a new run with these weights on the same batch.
  const batch = causalBatch(Int32Array.from(ids.subarray(0, 36)), Int32Array.from(ids.subarray(1, 37)));
  const update = async (step: number, momentsFrom?: number) => {
    const learning = await learner(model, settings, weights, () => 0, undefined, momentsFrom);
    await learning.step(step, batch);
    const after = await learning.weights();
    learning.dispose();
    return after;
  };
  const anew = await update(1);
  expect(await update(6, 5)).toEqual(anew);
  expect(await update(6)).not.toEqual(anew);
});
