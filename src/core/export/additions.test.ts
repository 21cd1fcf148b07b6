/** Toy objective, metric, optimizer and schedule: each takes a file and a line, and reaches all stored files. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import type { Metric } from '../metrics/metric';
import { tokenSource } from '../../testing/tokenSource';
import { skip } from '../../testing/toyObjective';
import { root, signum } from '../../testing/toyOptimizer';
import type { Snapshot } from '../train/run';

/** Mean loss of the worst batch, between the best and the worst. */
const worstBatch: Metric = {
  label: 'Worst batch',
  unit: 'nats per token',
  better: 'lower',
  needs: 'loss',
  start() {
    const means: number[] = [];
    return {
      add: ({ loss, weight }) => void means.push(loss / weight),
      value: () => ({ value: Math.max(...means), low: Math.min(...means), high: Math.max(...means) }),
    };
  },
};

// Before code that depends on the lists is loaded.
beforeAll(async () => {
  Object.assign((await import('../metrics')).METRICS, { worstBatch });
  Object.assign((await import('../objectives')).OBJECTIVES, { skip });
  Object.assign((await import('../optim')).OPTIMIZERS, { signum });
  Object.assign((await import('../optim/schedule')).SCHEDULES, { root });
  await tf.setBackend('cpu');
});

test('trains with, stores, reports, exports and reads back a listed objective, metric, optimizer and schedule', async () => {
  const { metricsOf } = await import('../objectives');
  expect(metricsOf(skip)).toEqual(expect.arrayContaining(['loss', 'perplexity', 'worstBatch']));
  const { store, record, events } = await trained();
  const { loss } = events.find((event) => event.kind === 'evaluated')!;
  expect(Math.abs(loss - Math.log(257))).toBeLessThan(0.1);

  const { readRun } = await import('../runs/record');
  const { recipeOf } = await import('../runs/segments');
  const recipe = recipeOf(record);
  const set = { objective: 'skip', optimizer: 'signum', inertia: 0.5, schedule: 'root' };
  expect(recipeOf((await readRun(store, 'a'))!)).toMatchObject(set);
  const { readJournal } = await import('../runs/journal');
  const [first, last] = (await readJournal(store, 'a')).filter((event) => event.kind === 'evaluated');
  expect(last!.loss).toBeLessThan(first!.loss);
  const worst = last!.metrics['worstBatch']!;
  expect(worst.value).toBe(worst.high);
  expect(worst.low).toBeLessThan(last!.loss);
  expect(Object.keys(last!.metrics)).toContain('worstBatch');
  expect(Object.keys(last!.metrics)).not.toContain('bitsPerByte');
  expect(first!.sample).toBe('The…');

  const { exportRun, importRun } = await import('./run');
  const asked = { withOptimizer: true, template: () => Promise.resolve('') };
  const { files } = await exportRun(store, 'a', 'latest', 'hf', asked);
  const written = new Map<string, Uint8Array>();
  for (const file of files) written.set(file.name, await readBytes(file));
  const textOf = (name: string) => new TextDecoder().decode(written.get(name));
  expect(textOf('README.md')).toContain('The token after the next');
  expect(textOf('README.md')).toContain(`Worst batch ${worst.value.toPrecision(3)} nats per token.`);
  expect(textOf('README.md')).toContain('| A die |');
  expect(textOf('README.md')).toMatch(/Optimizer +\| Signum, inertia 0\.5 +\|/);
  expect(textOf('README.md')).toContain('0 warm-up steps, then root to 10 % of the peak');
  expect(written.has('optimizer.safetensors')).toBe(true);
  expect(JSON.parse(textOf('homegrown.json'))).toMatchObject({
    segments: [{ recipe: set }],
    result: { step: 4, loss: last!.loss, worstBatch: worst.value },
  });
  expect(JSON.parse(textOf('trainer_state.json'))).toHaveProperty('log_history.0.worst_batch');
  await expect(exportRun(store, 'a', 'latest', 'pytorch', asked)).rejects.toMatchObject({ code: 'bad-settings' });
  const { pytorch } = await import('./formats/pytorch/format');
  const settings = { ...record, tokenizer: record.tokenizer.kind };
  expect(pytorch.problem!({ ...settings, recipe: { ...recipe, objective: 'causal' } })).toBe(
    'PyTorch has no optimizer that can continue from the state of Signum',
  );
  expect(pytorch.problem!({ ...settings, recipe: { ...recipe, objective: 'causal', optimizer: 'sgd' } })).toBeNull();
  const { metricsInPython, schedulesInPython } = await import('./formats/pytorch/write');
  expect(schedulesInPython()).toContain(
    '\n    "root": lambda step, progress, recipe: fallen(recipe, 1 - math.sqrt(progress)),\n',
  );
  expect(metricsInPython(skip)).toMatch(/^METRICS = \{\n {4}"loss": .*\n {4}"perplexity": .*\n\}$/m); // no worst batch: no function of a mean

  const other = memoryStore();
  const sources = [...written].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
  await importRun(other, { runId: 'b', projectId: 'first' }, sources, 9, unwatched);
  expect(recipeOf((await readRun(other, 'b'))!)).toEqual(recipe);
  const again = (await readJournal(other, 'b')).findLast((event) => event.kind === 'evaluated')!;
  expect(again.metrics['worstBatch']).toEqual({ value: worst.value });

  const { RunLog } = await import('../../state/runLog');
  const { metricCharts } = await import('../../features/train/smallCharts');
  const values = [first!, last!].map(({ metrics }) => metrics['worstBatch']!.value);
  expect(metricCharts(new RunLog(await readJournal(other, 'b')), recipe.objective)).toContainEqual(
    { id: 'worstBatch', label: 'Worst batch', title: 'Worst batch, nats per token', name: 'worst batch', x: [0, 4], y: values }, // prettier-ignore
  );

  const { judge } = await import('../train/judge');
  const { runCurve } = await import('../runs/runCurve');
  const evaluations = [first!, last!];
  const curve = { trained: () => undefined, evaluations, planned: 4, ending: 'finished' } as const;
  const { evidence } = judge(runCurve(record, curve));
  expect(evidence).toContain(`Loss on text it never saw fell from ${first!.loss.toPrecision(3)} nats to `);
});

test('a model whose objective has no metric is never evaluated as a next-token model', async () => {
  const { store, record } = await trained();
  const { loadSnapshot } = await import('../checkpoint/checkpoint');
  const { network: networkOf } = await import('../models/network');
  const { createTokenizer } = await import('../tokenizer/byteLevel');
  const { snapshot } = await loadSnapshot(store, 'a', 'latest');
  const network = await networkOf(record.model, snapshot.tensors);
  const tokenizer = await createTokenizer(record.tokenizer);
  const model = { runId: 'a', network, tokenizer, step: 4 };
  const on = { name: 'sea.txt', text: 'The sea is wide, and the whale is in it.' };
  const why = 'The model predicts the token after the next, which no metric measures.';
  const refused = { code: 'bad-settings', message: why };
  const at = { runId: 'a', which: 'latest', now: 1 } as const;

  const { askLists, evaluateStep } = await import('../../jobs/evaluate');
  await expect(evaluateStep(store, model, { ...at, on }, unwatched)).rejects.toMatchObject(refused);
  const task = { name: 'a', items: [{ line: 2, prompt: 'The', answer: 'sea' }] } as const;
  const swaps = [{ kind: 'x', first: 'the sea', second: 'the whale' }];
  for (const lists of [{ tasks: [task] }, { minimalPairs: swaps }, { swaps }])
    await expect(askLists(store, model, { ...at, lists }, unwatched)).rejects.toMatchObject(refused);
  const { compareSteps } = await import('../../jobs/compare');
  const compareWith = { runId: 'a', which: 'latest' } as const;
  const compared = compareSteps(store, { ...at, compareWith, on }, (_, work) => work(model, unwatched));
  await expect(compared).rejects.toThrow(why);

  const { hasPerplexity, perplexityOn } = await import('../evaluate/forgotten');
  const { held } = await import('../evaluate/blocks');
  expect(hasPerplexity(record.objective, record.model)).toBe(false);
  const forgotten = perplexityOn([held(tokenizer, on.text, on.name)], tokenizer, record.objective);
  await expect(forgotten(network)).rejects.toMatchObject(refused);
  const { storedBaselines } = await import('../runs/storedBaselines');
  const split = { validation: 0.1, test: 0, seed: 0, by: 'document' };
  const facts = { textHash: 'a', tokenizerHash: 'b', nGrams: [1], nGramTop: [1], split, parts: {} } as never;
  expect(storedBaselines({ ...record, objective: 'causal' }, facts, facts, 'validation')).toBe(facts);
  expect(storedBaselines(record, facts, facts, 'validation')).toBeUndefined();
  network.dispose();
});

test('optimizer state is saved under its names, and a run resumes from it bit for bit', async () => {
  const { train } = await import('../train/train');
  const input = await settings();
  const whole: Snapshot[] = [];
  const resumed: Snapshot[] = [];
  await train({ ...input, save: into(whole) }, unwatched);
  await train({ ...input, from: whole.find(({ state }) => state.step === 2)!, save: into(resumed) }, unwatched);
  const { tensors } = whole.at(-1)!;
  expect(resumed.at(-1)!.tensors).toEqual(tensors);
  const kept = [...tensors.keys()].filter((name) => name.startsWith('signum.m.'));
  const matrices = [...tensors].filter(([name, { shape }]) => !name.startsWith('signum.m.') && shape.length === 2);
  expect(kept).toEqual(matrices.map(([name]) => `signum.m.${name}`));
  expect(kept.some((name) => tensors.get(name)!.data.some((x) => x !== 0))).toBe(true);
  const { memoryPlan } = await import('../train/memory');
  const { modelSpec } = await import('../models');
  const { moments } = memoryPlan(modelSpec('gpt'), input.model.config, input.model.vocabulary, input.recipe);
  expect(moments).toBe(4 * kept.reduce((n, name) => n + tensors.get(name)!.data.length, 0));
});
const into = (list: Snapshot[]) => (snapshot: Snapshot) => {
  list.push(snapshot);
  return Promise.resolve({ bytes: 0 });
};

test('opens a recipe from before this optimizer existed, and refuses its own recipe without its field', async () => {
  const { recipeSchema } = await import('../runs/settings');
  const { recipe } = await settings();
  const { inertia, ...before } = recipe as typeof recipe & { inertia: number };
  expect(inertia).toBe(0.5);
  expect(recipeSchema.parse({ ...before, optimizer: 'adamw' })).toEqual({
    ...before,
    optimizer: 'adamw',
    inertia: 0.75,
  });
  expect(() => recipeSchema.parse(before)).toThrow(/inertia is missing/);
});

/** Settings of a run of four steps. */
async function settings() {
  const { createTokenizer } = await import('../tokenizer/byteLevel');
  const { DEFAULT_RECIPE } = await import('../train/recipe');
  const { recipeSchema } = await import('../runs/settings');
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(9));
  const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
  const recipe = recipeSchema.parse({
    ...DEFAULT_RECIPE,
    objective: 'skip',
    steps: 4,
    batch: 2,
    accumulate: 2,
    warmup: 0,
    learningRate: 0.01,
    evalEvery: 4,
    optimizer: 'signum',
    inertia: 0.5,
    schedule: 'root',
    saveEvery: 2,
  });
  const model = {
    id: 'gpt' as const,
    config: { layers: 1, heads: 1, width: 8, context: 12 },
    vocabulary: tokenizer.size,
  };
  const [first, last] = [part(ids.subarray(0, 500)), part(ids.subarray(500))];
  return { model, recipe, tokenizer, train: first, validation: last, now: () => 0 };
}

/** Four steps, stored like the app does. */
async function trained() {
  const { savedRun } = await import('../../testing/savedRun');
  return savedRun(await settings());
}
