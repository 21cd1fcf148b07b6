import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore, type Json } from '../base/blobStore';
import { initialProject, mergeProjects, type Project, readProject, saveProject, unreadableProjects } from './project';

const PROJECT = { ...initialProject(), name: 'Whale', runId: 'r1' };
const asJson = (project: unknown): Json => JSON.parse(JSON.stringify(project)) as Json;
const holding = async (value: Json | Uint8Array) => {
  const store = memoryStore();
  await store.commit({ put: [['project', value]] });
  return store;
};

test('what an earlier version stored opens as it was', async () => {
  const { accumulate: _, recompute: __, ...recipe } = PROJECT.recipe;
  const kept = await readProject(await holding(asJson({ ...PROJECT, recipe })));
  expect(kept).toMatchObject({ project: PROJECT, problem: undefined });
});

test('the rate of an earlier project was set by hand where it is not the first one', async () => {
  const { rateByHand: _, ...earlier } = PROJECT;
  const opened = async (learningRate: number) =>
    (await readProject(await holding(asJson({ ...earlier, recipe: { ...PROJECT.recipe, learningRate } })))).project;
  expect(await opened(1e-3)).toMatchObject({ rateByHand: false });
  expect(await opened(2e-3)).toMatchObject({ rateByHand: true, recipe: { learningRate: 2e-3 } });
});
test('whether to recompute is chosen by itself, but for an earlier project that said so', async () => {
  const { recompute: _, ...earlier } = PROJECT;
  const opened = async (recompute: boolean) =>
    (await readProject(await holding(asJson({ ...earlier, recipe: { ...PROJECT.recipe, recompute } })))).project;
  expect(await opened(false)).toMatchObject({ recompute: 'auto', recipe: { recompute: false } });
  expect(await opened(true)).toMatchObject({ recompute: 'on', recipe: { recompute: true } });
  const off = await readProject(await holding(asJson({ ...PROJECT, recompute: 'off' })));
  expect(off).toMatchObject({ project: { recompute: 'off' }, problem: undefined });
});

test('a field that cannot be read is as in a new project, the others stand, and what was stored is put aside', async () => {
  const damaged = asJson({
    ...PROJECT,
    tokenizer: { model: { kind: 'bpe', merges: 'x' } },
    data: { manifest: { version: 9 } },
    model: { ...PROJECT.model, config: { ...PROJECT.model.config, layers: 1e9 } },
    recipe: { ...PROJECT.recipe, batch: -1, steps: 77 },
  });
  const store = await holding(damaged);
  const kept = await readProject(store);
  const recipe = { ...PROJECT.recipe, steps: 77 };
  expect(kept.project).toEqual({ ...PROJECT, recipe });
  expect(kept.problem?.message).toMatch(/tokenizer, data, model, recipe\.batch|recipe\.batch/);
  expect(await unreadableProjects(store)).toMatchObject([{ key: 'project' }]);
  expect(await saveProject(store, kept, { ...kept.project, name: 'Sea' })).toBeDefined();
  expect(await store.get('set-aside/project/1')).toEqual(damaged);
  expect(await readProject(store)).toMatchObject({ project: { name: 'Sea', recipe }, problem: undefined });
  expect(await unreadableProjects(store)).toMatchObject([{ key: 'set-aside/project/1' }]);
});

test('sizes of architectures that were chosen before stay, also of one that this version does not know', async () => {
  const others = { mamba: { config: { state: 16, kernel: 'wide' }, byHand: ['state'] } };
  const stored = { ...PROJECT, model: { ...PROJECT.model, others } };
  const store = await holding(asJson(stored));
  const kept = await readProject(store);
  expect(kept).toMatchObject({ project: stored, problem: undefined });
  await saveProject(store, kept, { ...kept.project, name: 'Sea' });
  expect((await readProject(store)).project.model.others).toEqual(others);

  const theirs = { ...stored, model: { ...stored.model, others: { ...others, bert: { config: {}, byHand: [] } } } };
  const mine = { ...stored, model: { ...stored.model, byHand: ['heads'] } };
  expect(mergeProjects(stored, mine, theirs).model).toEqual({ ...theirs.model, byHand: ['heads'] });
});

test('one that a newer version made is not guessed at, and is there after a save', async () => {
  const newer = asJson({ ...PROJECT, version: 2 });
  const store = await holding(newer);
  const kept = await readProject(store);
  expect(kept).toMatchObject({ project: initialProject(), problem: { code: 'newer-version' } });
  await saveProject(store, kept, kept.project);
  expect(await store.get('set-aside/project/1')).toEqual(newer);
});

test('nothing that may be stored keeps it from opening, or is lost when it is saved', async () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.uint8Array({ maxLength: 9 }),
    fc
      .tuple(fc.constantFrom(...Object.keys(PROJECT)), fc.jsonValue())
      .map(([key, wrong]) => ({ ...PROJECT, [key]: wrong })),
  );
  await fc.assert(
    fc.asyncProperty(value, async (stored) => {
      const store = await holding(stored as Json);
      const kept = await readProject(store);
      await saveProject(store, kept, kept.project);
      expect((await readProject(store)).project).toEqual(asJson(kept.project));
      if (kept.problem) expect(await store.get('set-aside/project/1')).toEqual(stored);
    }),
  );
});

test('a save over what another tab saved meanwhile is refused', async () => {
  const store = memoryStore();
  const first = await readProject(store);
  const second = await readProject(store);
  expect(await saveProject(store, first, PROJECT)).toBeDefined();
  expect(await saveProject(store, second, initialProject())).toBeUndefined();
  expect((await readProject(store)).project.name).toBe('Whale');
});

test('changes of two tabs are both kept, field by field, and a stale run never comes back', () => {
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

test('merging gives theirs where nothing was changed here, mine where nothing was changed there', () => {
  const edit = fc.record(
    {
      name: fc.string(),
      runId: fc.constantFrom('a', 'b', null),
      validationShare: fc.constantFrom(0.1, 0.2),
      recipe: fc
        .record({ batch: fc.integer({ min: 1, max: 9 }), steps: fc.nat(9) })
        .map((r) => ({ ...PROJECT.recipe, ...r })),
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
