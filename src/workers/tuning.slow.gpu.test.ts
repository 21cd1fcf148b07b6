/** Tuned runs with a frozen base in f16 on the GPU: evaluations of their checkpoints equal those during training. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { loadSnapshot } from '../core/checkpoint/checkpoint';
import { readJournal } from '../core/runs/journal';
import { readRun } from '../core/runs/record';
import { lonelyLocks } from '../testing/behindChannels';
import { smallRuns, written } from '../testing/smallRuns';
import { loraOf, PARENT, tuneInput } from '../testing/tunedRuns';
import { webgpuStudio } from '../testing/webgpuStudio';

beforeAll(() => vi.stubGlobal('navigator', { gpu: navigator.gpu, locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('steps of two adapters on one f16 base are evaluated and sampled in turn, as in training', async () => {
  const store = memoryStore();
  const worker = webgpuStudio(store);
  try {
    const of = await smallRuns(store);
    await worker.gpu.call('begin', of('parent', PARENT));
    const trainable = loraOf(of('x', {}).model, { rest: 'f16' });
    const trained = new Map<string, number>();
    for (const [runId, seed] of [
      ['one', 1],
      ['two', 2],
    ] as const) {
      await worker.gpu.call('tune', tuneInput(of, runId, { seed, schedule: 'constant' }, { trainable }));
      const last = (await readJournal(store, runId)).findLast((event) => event.kind === 'evaluated')!;
      trained.set(runId, last.metrics.oldPerplexity!.value);
    }
    expect((await readRun(store, 'one'))!.base).toBe((await readRun(store, 'two'))!.base);
    for (const runId of ['one', 'two', 'one', 'two']) {
      const model = { runId, which: 'latest' } as const;
      const on = { part: 'validation' } as const;
      const { evaluation } = await worker.gpu.call('evaluation', { ...model, on, now: 1 });
      expect(evaluation.metrics.perplexity!.value).toBe(trained.get(runId));
      expect(await written(worker, model)).not.toBe('');
    }
    // A run resumes as if it had not been stopped.
    await worker.gpu.call('resume', { runId: 'one', steps: 14 });
    const longer = tuneInput(of, 'longer', { seed: 1, schedule: 'constant', steps: 14 }, { trainable });
    await worker.gpu.call('tune', longer);
    const [one, whole] = [await loadSnapshot(store, 'one'), await loadSnapshot(store, 'longer')];
    expect(one.snapshot.tensors).toEqual(whole.snapshot.tensors);
  } finally {
    worker.close();
  }
}, 240_000);
