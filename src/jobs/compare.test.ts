/** Compares a GPT and a Llama on one text through the workers; stores results, and counts accesses to a test set. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { modelSpec } from '../core/models';
import { addRun, readKnownRun } from '../core/runs/record';
import { lonelyLocks, testStudio } from '../testing/behindChannels';
import { runRecord } from '../testing/runRecord';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { compareSteps } from './compare';

beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());

test('two runs of two architectures are compared; the result is stored with the request, and each access to the test set counts', async () => {
  const store = memoryStore();
  const { data, gpu, close } = testStudio(store);
  await gpu.call('device', { kind: 'wasm' });
  const words = Array.from({ length: 120 }, (_, i) => `the ${'cat dog owl fox'.split(' ')[(i * 7) % 4]!} sat.`);
  const files = [{ file: new File([words.join(' ')], 'cats.txt'), name: 'cats.txt' }];
  const { text } = await data.call('importFiles', { files, projectId: 'first', addedAt: 1 });
  const tokenizer = { kind: 'bytes', merges: [] } as const;
  const built = await data.call('buildData', {
    ...{ texts: [text!.id], tokenizer, split: { validation: 0.2, test: 0.2, seed: 0 } },
  });
  const sizes = { layers: 1, heads: 2, width: 16, hidden: 32, context: 16 };
  const begin = (runId: string, id: 'gpt' | 'llama', steps: number, own: object = {}) =>
    gpu.call('begin', {
      ...{ runId, projectId: 'first', name: id, createdAt: 1, tokenizer, data: built },
      texts: [{ name: 'cats.txt', characters: text!.characters, sha256: text!.sha256 }],
      model: {
        id,
        config: { ...modelSpec(id).presets[0]!.config, ...sizes, ...own },
        vocabulary: 257,
      },
      recipe: { ...DEFAULT_RECIPE, batch: 8, steps, warmup: 1, learningRate: 0.01, evalEvery: steps, saveEvery: steps },
    });
  await begin('gpt', 'gpt', 12);
  await begin('llama', 'llama', 1, { kvHeads: 1 });
  const asked = { runId: 'gpt', which: 'latest', compareWith: { runId: 'llama', which: 'latest' } } as const;

  const lists = { minimalPairs: [{ kind: 'a', first: 'the cat', second: 'xq zzv' }] };
  await gpu.call('lists', { runId: 'gpt', which: 'latest', lists, now: 3 });
  const { comparisons, evaluation } = await gpu.call('compare', { ...asked, on: { part: 'validation' }, now: 4 });
  expect(comparisons).toMatchObject([
    { beside: { runId: 'llama', name: 'llama', step: 1 }, part: 'validation', mayHaveLearnt: false },
  ]);
  expect(comparisons![0]!.difference).toBeLessThan(0);
  expect(comparisons![0]!.look).toBeUndefined();
  expect(evaluation.minimalPairs!.all.pairs).toBe(1);

  // Each comparison counts one access to the test set, and the newest result replaces the one before.
  for (const look of [1, 2]) {
    const again = await gpu.call('compare', { ...asked, on: { part: 'test' }, now: 4 + look });
    expect(again.comparisons!.map((each) => [each.part, each.look])).toEqual([
      ['test', look],
      ['validation', undefined],
    ]);
  }
  expect((await readKnownRun(store, 'gpt')).looks).toMatchObject([{ count: 2 }]);
  // The other run holds it out too.
  expect((await readKnownRun(store, 'llama')).looks).toMatchObject([{ count: 2 }]);
  const itself = { ...asked, compareWith: { runId: 'gpt', which: 'latest' }, on: { part: 'test' }, now: 8 } as const;
  await gpu.call('compare', itself);
  expect((await readKnownRun(store, 'gpt')).looks).toMatchObject([{ count: 3 }]);

  // Later lists leave comparisons and skipped items of another list unchanged.
  const [kept] = await data.call('keptLists', { runId: 'gpt' });
  expect(kept!.comparisons).toHaveLength(3);
  await gpu.call('lists', { runId: 'gpt', which: 'latest', lists: { swaps: lists.minimalPairs }, now: 9 });
  const [after] = await data.call('keptLists', { runId: 'gpt' });
  expect(after).toMatchObject({
    comparisons: kept!.comparisons,
    evaluation: { minimalPairs: evaluation.minimalPairs },
  });
  close();
});

test('a model without a likelihood of text is refused by its record, without loading a model', async () => {
  const store = memoryStore();
  const { config } = modelSpec('bert').presets[0]!;
  await addRun(store, runRecord({ id: 'gpt', name: 'Whale' }));
  await addRun(store, runRecord({ id: 'bert', name: 'Blanks', model: { id: 'bert', config, vocabulary: 257 } }));
  const lend = vi.fn();
  const steps = { runId: 'gpt', which: 'latest', compareWith: { runId: 'bert', which: 'latest' } } as const;
  const facts = { on: { part: 'validation' }, now: 1 } as const;
  await expect(compareSteps(store, { ...steps, ...facts }, lend)).rejects.toThrow(/^Blanks is .* not a causal model/);
  const turned = { runId: 'bert', which: 'latest', compareWith: { runId: 'gpt', which: 'latest' } } as const;
  await expect(compareSteps(store, { ...turned, ...facts }, lend)).rejects.toThrow(/^Blanks is .* not a causal model/);
  expect(lend).not.toHaveBeenCalled();
});
