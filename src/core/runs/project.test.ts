import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialProject, mergeProjects, type Project } from './project';

const PROJECT: Project = { ...initialProject(), name: 'Whale', runId: 'r1' };

test('keeps changes of both tabs, field by field, and never brings back a stale run', () => {
  const base: Project = PROJECT;
  const mine = { ...base, recipe: { ...base.recipe, batch: 3 }, model: { ...base.model, byHand: ['layers'] } };
  const theirs = {
    ...base,
    runId: 'r2',
    recipe: { ...base.recipe, steps: 9 },
    model: { ...base.model, config: { ...base.model.config, width: 64 }, byHand: ['width'] },
  };
  expect(mergeProjects(base, mine, theirs)).toEqual({
    ...base,
    runId: 'r2',
    recipe: { ...base.recipe, batch: 3, steps: 9 },
    model: { ...base.model, config: { ...base.model.config, width: 64 }, byHand: ['width', 'layers'] },
  });
});

test('merging gives theirs without changes of mine, and mine without changes of theirs', () => {
  const edit = fc.record(
    {
      name: fc.string(),
      runId: fc.constantFrom('a', 'b', null),
      split: fc.constantFrom(0.1, 0.2).map((validation) => ({ ...PROJECT.split, validation })),
      removedAt: fc.nat(9),
      recipe: fc
        .record({ batch: fc.integer({ min: 1, max: 9 }), steps: fc.nat(9) })
        .map((r) => ({ ...PROJECT.recipe, ...r })),
      tuning: fc.record({ layers: fc.integer({ min: 1, max: 9 }), steps: fc.nat(9) }).map(({ layers, steps }) => ({
        ...PROJECT.tuning,
        layers,
        recipe: { ...PROJECT.tuning.recipe, steps },
      })),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(edit, edit, (a, b) => {
      const [mine, theirs] = [
        { ...PROJECT, ...a },
        { ...PROJECT, ...b },
      ];
      expect(mergeProjects(PROJECT, PROJECT, theirs)).toEqual(theirs);
      expect(mergeProjects(PROJECT, mine, PROJECT)).toEqual(mine);
      expect(mergeProjects(theirs, mine, theirs)).toEqual(mine);
    }),
  );
});

test('a field that one tab removed stays removed', () => {
  const removed = { ...PROJECT, removedAt: 5 };
  expect(mergeProjects(removed, PROJECT, { ...removed, name: 'Sea' })).toStrictEqual({ ...PROJECT, name: 'Sea' });
  expect(mergeProjects(removed, removed, PROJECT)).toStrictEqual(PROJECT);
});
