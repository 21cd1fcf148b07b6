/** One run trains while models of other runs are used beside it, over the worker's real half behind a channel. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Client } from '../client/connect';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { readMetrics } from '../core/runs/metrics';
import { lonelyLocks, type TestStudio, testStudio } from '../core/testing/behindChannels';
import { importText, pastedText } from '../core/text';
import { createTokenizer } from '../core/tokenizer/byteLevel';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { TrainEvent } from '../core/train/run';
import type { BeginInput, GpuApi } from '../protocol/gpu';
import { buildData } from './data';

const tokenizer = { kind: 'bytes', merges: [] } as const;
const SAMPLING = { prompt: 'The ', temperature: 1, topK: 0, topP: 1, seed: 1, length: 40 };
let store: BlobStore;
let of: (runId: string, recipe: Partial<Recipe>, width?: number) => BeginInput;
let worker: TestStudio;
let gpu: Client<GpuApi>;

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
beforeEach(async () => {
  store = memoryStore();
  worker = testStudio(store);
  ({ gpu } = worker);
  const lines = Array.from({ length: 60 }, (_, i) => `The sea is ${i * i} miles wide, and whale ${i} is large. `);
  const text = pastedText('sea.txt', lines.join(''));
  const outcome = await importText(text, store, { addedAt: 1 }, unwatched);
  if (outcome.kind !== 'added') throw new Error('no text');
  const data = await buildData(store, [outcome.text.id], await createTokenizer(tokenizer), 0.1, unwatched);
  of = (runId, recipe, width = 16) => ({
    ...{ runId, name: runId, createdAt: 1, data, tokenizer, texts: [] },
    model: { id: 'gpt', config: { layers: 1, heads: 2, width, context: 16 }, vocabulary: 257 },
    recipe: { ...DEFAULT_RECIPE, batch: 4, dropout: 0.1, evalTokens: 64, evalEvery: 10, saveEvery: 10, ...recipe },
  });
});
afterEach(() => worker.close());

/** Trains, and calls `beside` at the first step. */
async function train(input: BeginInput, beside?: (run: { ended(): boolean }) => Promise<void>) {
  let hasEnded = false;
  let besides: Promise<void> | undefined;
  const onProgress = (events: readonly TrainEvent[]): void => {
    if (events.some(({ kind }) => kind === 'step')) besides ??= beside?.({ ended: () => hasEnded });
  };
  await gpu.call('begin', input, { onProgress });
  hasEnded = true;
  await besides;
  const { snapshot } = await loadSnapshot(store, input.runId);
  const events = await readMetrics(store, input.runId);
  return {
    tensors: snapshot.tensors,
    losses: events.flatMap((e) => (e.kind === 'step' || e.kind === 'evaluated' ? [e.loss] : [])),
    samples: events.flatMap((e) => (e.kind === 'evaluated' ? [e.sample] : [])),
  };
}

test('a run makes the same bits while other runs and its own saved steps are sampled, measured and read beside it', async () => {
  await gpu.call('begin', of('other', { steps: 4, seed: 9 }, 24));
  const before = { runId: 'other', which: 'latest' } as const;
  const alone = {
    text: await written(before),
    measured: await gpu.call('evaluate', { ...before, part: 'validation', tokens: 64 }),
    read: await gpu.call('reference', before),
  };
  const quiet = await train(of('quiet', { steps: 60 }));

  const during = { rounds: 0, own: 0 };
  const busy = await train(of('busy', { steps: 60 }), async ({ ended }) => {
    while (!ended()) {
      const own = { runId: 'busy', which: 'latest' } as const;
      const [text, measured, read, mine] = await Promise.all([
        written(before),
        gpu.call('evaluate', { ...before, part: 'validation', tokens: 64 }),
        gpu.call('reference', before),
        gpu.call('evaluate', { ...own, part: 'train', tokens: 64 }),
      ]);
      expect({ text, measured, read }).toEqual(alone);
      during.rounds++;
      if (mine.step < 60) during.own++;
    }
  });
  expect(during.rounds).toBeGreaterThan(0);
  expect(during.own).toBeGreaterThan(0);
  expect(busy).toEqual(quiet);
}, 120_000);

const written = async (model: { runId: string; which: 'latest' | number }): Promise<string> => {
  let text = '';
  const onProgress = (tokens: readonly { text: string }[]): void => tokens.forEach((token) => (text += token.text));
  await gpu.call('generate', { ...model, ...SAMPLING }, { onProgress });
  return text;
};

test('a saved step is measured as the run measured it, to the bit, and nothing of it stays on the device beside a run', async () => {
  await gpu.call('begin', of('first', { steps: 3, seed: 5 }));
  const last = (await readMetrics(store, 'first')).findLast((e) => e.kind === 'evaluated')!;
  const ask = { runId: 'first', which: 'latest', part: 'validation', tokens: 64 } as const;
  expect(await gpu.call('evaluate', ask)).toEqual({ step: 3, loss: last.loss, metrics: last.metrics });
  expect((await gpu.call('evaluate', { ...ask, part: 'train' })).loss).not.toBe(last.loss);

  const counts: number[] = [];
  await train(of('second', { steps: 40 }), async ({ ended }) => {
    counts.push(tf.memory().numTensors);
    for (let i = 0; i < 3 && !ended(); i++) {
      await gpu.call('evaluate', ask);
      counts.push(tf.memory().numTensors);
    }
  });
  expect(counts.length).toBeGreaterThan(2);
  expect(new Set(counts).size).toBe(1);
}, 60_000);

test('while a run trains, another is refused and so is another device; what is stopped ends, and the run goes on', async () => {
  await gpu.call('begin', of('first', { steps: 1 }));
  await train(of('second', { steps: 40 }), async () => {
    await expect(gpu.call('begin', of('third', { steps: 1 }))).rejects.toMatchObject({ code: 'in-use' });
    await expect(gpu.call('device', { kind: 'cpu' })).rejects.toMatchObject({ code: 'in-use' });
    const abort = new AbortController();
    const ask = { runId: 'first', which: 'latest', ...SAMPLING, length: 100_000 } as const;
    const onProgress = (): void => abort.abort();
    expect((await gpu.call('generate', ask, { signal: abort.signal, onProgress })).reason).toBe('stopped');
  });
  // At rest the device changes, and ends what is being written.
  let isWriting = (): void => undefined;
  const has = new Promise<void>((resolve) => (isWriting = resolve));
  const ask = { runId: 'first', which: 'latest', ...SAMPLING, length: 100_000 } as const;
  const writing = gpu.call('generate', ask, { onProgress: isWriting });
  await has;
  expect(await gpu.call('device', { kind: 'cpu' })).toMatchObject({ kind: 'cpu' });
  expect((await writing).reason).toBe('stopped');
  expect((await written({ runId: 'first', which: 'latest' })).length).toBeGreaterThan(0);
  await gpu.call('device', { kind: 'wasm' });
}, 60_000);
