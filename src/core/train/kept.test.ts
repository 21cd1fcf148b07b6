import { beforeAll, expect, test } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { claimRun, keptBest, listSnapshots, loadSnapshot } from '../checkpoint/checkpoint';
import { createTokenizer } from '../tokenizer/byteLevel';
import { tokenSource } from '../testing/tokenSource';
import { useWasm } from '../testing/wasm';
import { DEFAULT_RECIPE, type Recipe } from './recipe';
import type { TrainEvent, TrainOutcome } from './run';
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
  evalTokens: 240,
  saveEvery: 5,
};

/** As the worker does: claims the run, goes on from what is saved, and keeps what it makes. */
async function run(
  store: BlobStore,
  { stopAt, dieAt }: { stopAt?: number; dieAt?: number } = {},
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
      keepBest: (...step) => writer.keepBest(...step),
      now: () => 0,
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
/** The lowest evaluation of a run's events, the first of equals. */
const lowest = (events: readonly TrainEvent[]): { step: number; loss: number } | undefined =>
  events
    .flatMap((e) => (e.kind === 'evaluated' ? [{ step: e.step, loss: e.loss }] : []))
    .reduce<{ step: number; loss: number } | undefined>((a, b) => (a && a.loss <= b.loss ? a : b), undefined);

beforeAll(async () => {
  await useWasm();
});

test('the best that is stored is the best that was measured, after a whole run and after a stop', async () => {
  for (const stopAt of [undefined, 3]) {
    const store = memoryStore();
    const { outcome, events } = await run(store, stopAt === undefined ? {} : { stopAt });
    const want = lowest(events);
    expect(outcome.state.best).toEqual(want);
    expect(await keptBest(store, 'r')).toEqual(want);
    expect((await loadSnapshot(store, 'r', 'best')).snapshot.state.step).toBe(want!.step);
    // Each step once, and the untrained one among them no longer.
    const ids = new Set((await store.keys('runs/r/')).map((key) => key.split('/')[2]!.split('.')[0]));
    expect(ids).toEqual(new Set((await listSnapshots(store, 'r')).map(({ step }) => String(step))));
  }
});

test('a run that dies after its best was kept has it, goes on from its last save, and ends as if it had not died', async () => {
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
