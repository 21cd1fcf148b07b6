/** A run of a text is compared with the n-gram models that were counted when its data were built. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { modelSpec } from '../core/models';
import { nGrams } from '../core/objectives/baselines/nGrams';
import { lonelyLocks, testStudio } from '../testing/behindChannels';
import { DEFAULT_RECIPE } from '../core/train/recipe';

vi.mock('../core/objectives/baselines/nGrams', { spy: true });
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('n-grams are counted once for the data, and again only for another text', async () => {
  const store = memoryStore();
  const { data, gpu, close } = testStudio(store);
  const words = 'the white whale swam in a wide sea and he sought it there'.split(' ');
  const text = Array.from({ length: 900 }, (_, i) => words[(i * i + 3 * i) % words.length]).join(' ');
  const files = [{ file: new File([text], 'sea.txt'), name: 'sea.txt' }];
  const { text: imported } = await data.call('importFiles', { files, projectId: 'first', addedAt: 1 });
  const tokenizer = { kind: 'bytes', merges: [] } as const;
  const split = { validation: 0.2, test: 0.1, seed: 0 };
  const built = await data.call('buildData', { texts: [imported!.id], tokenizer, split });
  const sizes = { layers: 1, heads: 2, width: 16, context: 16 };
  await gpu.call('begin', {
    ...{ runId: 'run', projectId: 'first', name: 'sea', createdAt: 1, tokenizer, data: built },
    texts: [{ name: 'sea.txt', characters: imported!.characters, sha256: imported!.sha256 }],
    model: { id: 'gpt', config: { ...modelSpec('gpt').presets[0]!.config, ...sizes }, vocabulary: 257 },
    recipe: { ...DEFAULT_RECIPE, batch: 4, steps: 4, warmup: 1, evalEvery: 4, saveEvery: 4 },
  });
  expect(nGrams).toHaveBeenCalledTimes(1);
  const evaluated = async (on: { part: 'validation' | 'test' } | { name: string; text: string }) =>
    (await gpu.call('evaluation', { runId: 'run', which: 'latest', on, now: 5 })).evaluation;
  const { baselines, where, leftOut } = await evaluated({ part: 'validation' });
  expect(nGrams).toHaveBeenCalledTimes(1);
  expect(baselines['trigram']!['loss']).toBeCloseTo(built.nGrams!.trigram, 10);
  expect(baselines['trigram']!['top1']).toBeGreaterThan(baselines['unigram']!['top1']!);
  expect(where!.frequency).not.toHaveLength(0);
  expect(leftOut.map(({ name }) => name)).not.toContain('loss by frequency');
  await evaluated({ part: 'test' });
  await evaluated({ name: 'other', text: 'the wide sea swam '.repeat(20) });
  expect(nGrams).toHaveBeenCalledTimes(3);
  close();
});
