/** A run on pairs is evaluated on its held-out pairs, as in the CLI; plain text can't measure it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { readEvaluation } from '../core/runs/keptEvaluations';
import { modelSpec } from '../core/models';
import { lonelyLocks, testStudio } from '../testing/behindChannels';
import { DEFAULT_RECIPE } from '../core/train/recipe';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('pairs are measured by likelihood and by answers, with copying the input as a baseline', async () => {
  const store = memoryStore();
  const { data, gpu, close } = testStudio(store);
  const rows = Array.from({ length: 60 }, (_, i) => `${'abc'[i % 3]}${i % 7},${'xyz'[i % 3]}`);
  const file = new File([['input,target', ...rows].join('\n')], 'pairs.csv');
  const files = [{ file, name: 'pairs.csv', table: { format: 'csv', columns: null } as const }];
  const { text } = await data.call('importFiles', { files, projectId: 'first', addedAt: 1 });
  const tokenizer = { kind: 'bytes', merges: [] } as const;
  const split = { validation: 0.2, test: 0, seed: 0 };
  const built = await data.call('buildData', { texts: [text!.id], tokenizer, split });
  const sizes = { layers: 1, heads: 2, width: 16, hidden: 32, context: 16 };
  await gpu.call('begin', {
    ...{ runId: 'run', projectId: 'first', name: 'answers', createdAt: 1, tokenizer, data: built },
    texts: [{ name: 'pairs.csv', characters: text!.characters, sha256: text!.sha256 }],
    model: { id: 't5', config: { ...modelSpec('t5').presets[0]!.config, ...sizes }, vocabulary: 257 },
    recipe: { ...DEFAULT_RECIPE, objective: 'pairs', batch: 4, steps: 4, warmup: 1, evalEvery: 4, saveEvery: 4 },
  });
  const { evaluation } = await gpu.call('evaluation', {
    ...{ runId: 'run', which: 'latest', on: { part: 'validation' }, now: 5 },
  });
  expect(evaluation.documents).toBeGreaterThan(5);
  expect(Object.keys(evaluation.metrics)).toEqual(expect.arrayContaining(['loss', 'exactMatch', 'chrf']));
  expect(evaluation.baselines['copy']).toMatchObject({ exactMatch: 0 });
  expect(evaluation.baselines['unigram']!['loss']).toBeLessThan(evaluation.baselines['uniform']!['loss']!);
  expect(evaluation.where!.source).toMatchObject([{ name: 'pairs.csv' }]);
  expect(await readEvaluation(store, 'run', 4, 'validation')).toMatchObject({ record: { madeAt: 5 }, changed: [] });
  const asked = { runId: 'run', which: 'latest', on: { name: 'a text', text: 'abc' }, now: 6 } as const;
  await expect(gpu.call('evaluation', asked)).rejects.toMatchObject({ code: 'bad-settings' });
  close();
});
