import { expect, test } from 'vitest';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { DEFAULT_RECIPE } from '../train/recipe';
import { draftOf } from './draft';
import { initialProject, PROJECT, type Project } from './project';
import { readRecord, storedRecord } from '../base/record';
import { memoryStore } from '../base/blobStore';

const model = { id: 'gpt' as const, config: { layers: 3, heads: 2, width: 32, context: 24 }, vocabulary: 600 };
const recipe = { ...DEFAULT_RECIPE, dropout: 0.3, learningRate: 0.007, recompute: true };
const split = { rule: 'documents' as const, validation: 0.2, test: 0.1, seed: 7 };
const run = runRecord({ model, recipe, tokenizer: { kind: 'bpe', merges: [] }, data: { facts: dataFacts({ split }) } });

test("the next run copies the run's sizes, recipe, tokenizer and held-out share", async () => {
  const project: Project = { ...initialProject('first', 1), name: 'Whales', recompute: 'off' };
  const draft = draftOf(run, project);
  expect(draft).toEqual({
    model: { id: 'gpt', config: model.config, byHand: [] },
    recipe: { ...recipe, recompute: false },
    rateByHand: true,
    tokenizerChoice: { kind: 'bpe', vocabulary: 600 },
    split: { validation: 0.2, test: 0.1, seed: 7 },
  });
  // A project can store the draft and read it again.
  const store = memoryStore();
  await store.commit({ put: [['projects/first', storedRecord(PROJECT, { ...project, ...draft })]] });
  expect(await readRecord(store, 'projects/first', PROJECT)).toMatchObject({
    split: { validation: 0.2, test: 0.1, seed: 7 },
    recipe: { ...recipe, recompute: false },
  });
});

test('settings of a tuning apply to the next tuning, and the Model page keeps its own', () => {
  const project = { ...initialProject('first', 1), recipe: { ...DEFAULT_RECIPE, steps: 3000, batch: 24 } };
  const short = { ...recipe, objective: 'chats' as const, steps: 200, batch: 4, replay: 0.1 };
  const parent = { runId: 'base', step: 9, how: 'fine-tune' as const, name: 'Base' };
  const drafted = draftOf(runRecord({ model, recipe: short, objective: 'chats', parent }), project);
  expect(Object.keys(drafted)).toEqual(['tuning']);
  expect({ ...project, ...drafted }).toMatchObject({
    recipe: { steps: 3000, batch: 24, objective: 'causal' },
    tuning: { purpose: 'instruct', base: { runId: 'base', step: 9 }, learns: 'all', recipe: short, rateByHand: true },
  });

  const labels = { ...short, objective: 'labels' as const };
  const { tuning } = { ...project, ...draftOf(runRecord({ model, recipe: labels, objective: 'labels' }), project) };
  expect(tuning).toMatchObject({ purpose: 'classify', classify: { recipe: labels, rateByHand: true } });
  expect(tuning.recipe).toEqual(project.tuning.recipe);
});

test("keeps the project's settings where an imported model's are unknown", () => {
  const project = initialProject('first', 1);
  const origin = { name: 'theirs.zip', importedAt: 1 };
  const stranger = runRecord({ model, recipe, origin, step: 0 });
  expect(draftOf(stranger, project)).toMatchObject({
    model: { config: model.config },
    recipe: project.recipe,
    rateByHand: false,
    split: project.split,
  });
  expect(draftOf({ ...stranger, step: 9 }, project)).toMatchObject({ recipe: { dropout: 0.3 } });
});

test('the split stays within the shares that a project allows, at most half', () => {
  const project = initialProject('first', 1);
  const drafted = (shares: { validation: number; test: number }): unknown =>
    ({ ...project, ...draftOf(runRecord({ data: { facts: dataFacts({ split: { ...split, ...shares } }) } }), project) })
      .split;
  for (const shares of [
    { validation: 0.5, test: 0 },
    { validation: 0.1, test: 0.5 },
  ])
    expect(drafted(shares)).toEqual({ ...shares, seed: 7 });
  for (const shares of [
    { validation: 0, test: 0.1 },
    { validation: 0.51, test: 0.1 },
    { validation: 0.1, test: 0.51 },
  ])
    expect(drafted(shares)).toEqual(project.split);
});
