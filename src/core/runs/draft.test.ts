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

test("copies a run's model sizes, recipe, tokenizer and split, but keeps the project's recomputation setting", async () => {
  const project: Project = { ...initialProject('first', 1), name: 'Whales', recompute: 'off' };
  const draft = draftOf(run, project);
  expect(draft).toEqual({
    model: { id: 'gpt', config: model.config, byHand: [] },
    recipe: { ...recipe, recompute: false },
    rateByHand: true,
    tokenizerChoice: { kind: 'bpe', vocabulary: 600 },
    split: { validation: 0.2, test: 0.1, seed: 7 },
  });
  // A stored project with these settings reads back equal.
  const store = memoryStore();
  await store.commit({ put: [['projects/first', storedRecord(PROJECT, { ...project, ...draft })]] });
  expect(await readRecord(store, 'projects/first', PROJECT)).toMatchObject({
    split: { validation: 0.2, test: 0.1, seed: 7 },
    recipe: { ...recipe, recompute: false },
  });
});

test('a fine-tuned run sets only the Tune page, and a classifier only its Classify tab', () => {
  const project = { ...initialProject('first', 1), recipe: { ...DEFAULT_RECIPE, steps: 3000, batch: 24 } };
  const tuningRecipe = { ...recipe, objective: 'chats' as const, steps: 200, batch: 4, replay: 0.1 };
  const parent = { runId: 'base', step: 9, how: 'fine-tune' as const, name: 'Base' };
  const drafted = draftOf(runRecord({ model, recipe: tuningRecipe, objective: 'chats', parent }), project);
  expect(Object.keys(drafted)).toEqual(['tuning']);
  expect({ ...project, ...drafted }).toMatchObject({
    recipe: { steps: 3000, batch: 24, objective: 'causal' },
    tuning: {
      purpose: 'instruct',
      base: { runId: 'base', step: 9 },
      learns: 'all',
      recipe: tuningRecipe,
      rateByHand: true,
    },
  });

  const labelRecipe = { ...tuningRecipe, objective: 'labels' as const };
  const { tuning } = {
    ...project,
    ...draftOf(runRecord({ model, recipe: labelRecipe, objective: 'labels' }), project),
  };
  expect(tuning).toMatchObject({ purpose: 'classify', classify: { recipe: labelRecipe, rateByHand: true } });
  expect(tuning.recipe).toEqual(project.tuning.recipe);
});

test("keeps the project's recipe and split if an imported model at step 0 doesn't state its own", () => {
  const project = initialProject('first', 1);
  const origin = { name: 'theirs.zip', importedAt: 1 };
  const imported = runRecord({ model, recipe, origin, step: 0 });
  expect(draftOf(imported, project)).toMatchObject({
    model: { config: model.config },
    recipe: project.recipe,
    rateByHand: false,
    split: project.split,
  });
  expect(draftOf({ ...imported, step: 9 }, project)).toMatchObject({ recipe: { dropout: 0.3 } });
});

test("copies a split only if its shares are within a project's limits", () => {
  const project = initialProject('first', 1);
  const splitFor = (shares: { validation: number; test: number }): unknown =>
    ({ ...project, ...draftOf(runRecord({ data: { facts: dataFacts({ split: { ...split, ...shares } }) } }), project) })
      .split;
  for (const shares of [
    { validation: 0.5, test: 0 },
    { validation: 0.1, test: 0.5 },
  ])
    expect(splitFor(shares)).toEqual({ ...shares, seed: 7 });
  for (const shares of [
    { validation: 0, test: 0.1 },
    { validation: 0.51, test: 0.1 },
    { validation: 0.1, test: 0.51 },
  ])
    expect(splitFor(shares)).toEqual(project.split);
});
