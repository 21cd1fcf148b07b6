/** Runs that fail at their start: out of memory, or with a first checkpoint that can't be read back. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { openWasm, wasmHasFailed } from '../core/gpu/wasm';
import { byteData } from '../testing/smallRuns';
import { wasmFolder } from '../testing/wasm';
import { listRuns } from '../core/runs/record';
import { DEFAULT_RECIPE, type Recipe } from '../core/train/recipe';
import type { ModelChoice } from '../core/train/run';
import { begin, type BeginInput } from './train';

beforeAll(() => setWasmPaths(wasmFolder));

/** Input of a run of one step. Stores its text. */
async function inputFor(store: BlobStore, model: ModelChoice, recipe: Partial<Recipe>): Promise<BeginInput> {
  const { tokenizer, data } = await byteData(store, 'The sea is wide. '.repeat(100));
  return {
    runId: 'r',
    projectId: 'first',
    name: 'Sea',
    createdAt: 1,
    data,
    tokenizer,
    texts: [],
    model,
    recipe: { ...DEFAULT_RECIPE, steps: 1, ...recipe },
  };
}

test('out of memory reports the plan and settings that need less, and leaves no run behind', async () => {
  const store = memoryStore();
  const model = { id: 'gpt', config: { layers: 2, heads: 2, width: 64, context: 32 }, vocabulary: 257 } as const;
  const input = await inputFor(store, model, { batch: 64, evalTokens: 64 });

  await openWasm();
  const backend = tf.backend() as unknown as { makeOutput(shape: number[], dtype: 'float32'): unknown };
  for (let bytes = 2 ** 30; bytes >= 2 ** 18; bytes /= 2) {
    // Fills the heap with ever smaller blocks. They are never written, so they need no physical memory.
    const reserve = (): unknown => backend.makeOutput([bytes / 4], 'float32');
    expect(() => Array.from({ length: 4 }, reserve)).toThrow(/doesn’t fit/);
  }
  await expect(begin({ store, device: 'WASM' }, input, unwatched)).rejects.toMatchObject({
    code: 'out-of-memory',
    message: expect.stringMatching(/doesn’t fit: WASM has 4\.29 GB in total.*was planned with [\d.]+ MB/) as string,
    remedy: expect.stringMatching(/^Use batch \d+ in \d+ micro-batches/) as string,
  });
  expect(wasmHasFailed()).toBe(true);
  expect((await store.keys('')).filter((key) => /^(runs|heads|journal|manifests)/.test(key))).toEqual([]);

  // The same run fits on an empty heap.
  await openWasm();
  expect((await begin({ store, device: 'WASM' }, input, unwatched)).reason).toBe('finished');
});

test('a run whose first checkpoint cannot be opened leaves that checkpoint unchanged', async () => {
  const inner = memoryStore();
  const model = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 } as const;
  const input = await inputFor(inner, model, { batch: 1, evalTokens: 8 });
  await openWasm();
  // A disk that corrupts the bytes of a checkpoint.
  const store: BlobStore = {
    ...inner,
    commit(change) {
      const put = [...(change.put ?? [])];
      return inner.commit({
        ...change,
        put: put.map(([key, value]) => [key, key.startsWith('manifests/') ? 'torn' : value] as const),
      });
    },
  };
  await expect(begin({ store, device: 'WASM' }, input, unwatched)).rejects.toMatchObject({ code: 'storage-damaged' });
  expect((await inner.keys('')).filter((key) => /^(manifests|heads|runs-index)/.test(key))).toHaveLength(3);
  expect(await listRuns(inner)).toMatchObject([{ id: 'r', status: 'failed' }]);
});
