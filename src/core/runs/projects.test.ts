import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore, type Json } from '../base/blobStore';
import { FIRST_PROJECT, initialProject, mergeProjects } from './project';
import {
  lastOpened,
  listProjects,
  migrateProject,
  readProject,
  saveProject,
  unreadableProjects,
  updateProject,
} from './projects';

const PROJECT = { ...initialProject(), name: 'Whale', runId: 'r1' };
const FIRST = 'projects/first';
const OLD = 'project';
const asJson = (project: unknown): Json => JSON.parse(JSON.stringify(project)) as Json;
const holding = async (value: Json | Uint8Array, key = FIRST) => {
  const store = memoryStore();
  await store.commit({ put: [[key, value]] });
  return store;
};
/** Stored form of builds with a single project. */
const asOld = ({ split, id: _, createdAt: __, openedAt: ___, baseline: ____, ...project } = PROJECT) =>
  asJson({ ...project, version: 1, revision: 7, validationShare: split.validation });
const first = (store: BlobStore) => readProject(store, FIRST_PROJECT);

test("opens an earlier version's project unchanged", async () => {
  const { accumulate: _, recompute: __, ...recipe } = PROJECT.recipe;
  const kept = await first(await holding(asJson({ ...PROJECT, recipe })));
  expect(kept).toMatchObject({ project: PROJECT, problem: undefined });
});

test('opens a project whose last drop and picked step are missing or unreadable', async () => {
  const { lastDrop: _, picked: __, ...earlier } = PROJECT;
  expect(await first(await holding(asJson(earlier)))).toMatchObject({ project: PROJECT, problem: undefined });
  const odd = await first(await holding(asJson({ ...PROJECT, lastDrop: { added: 'many' }, picked: { which: -1 } })));
  expect(odd).toMatchObject({ project: { ...PROJECT, lastDrop: null, picked: null }, problem: undefined });
});

test("treats the rate of an earlier project as set by hand if it isn't the default", async () => {
  const { rateByHand: _, ...earlier } = PROJECT;
  const opened = async (learningRate: number) =>
    (await first(await holding(asJson({ ...earlier, recipe: { ...PROJECT.recipe, learningRate } })))).project;
  expect(await opened(1e-3)).toMatchObject({ rateByHand: false });
  expect(await opened(2e-3)).toMatchObject({ rateByHand: true, recipe: { learningRate: 2e-3 } });
});
test('recomputation defaults to automatic, unless an earlier project set it', async () => {
  const { recompute: _, ...earlier } = PROJECT;
  const opened = async (recompute: boolean) =>
    (await first(await holding(asJson({ ...earlier, recipe: { ...PROJECT.recipe, recompute } })))).project;
  expect(await opened(false)).toMatchObject({ recompute: 'auto', recipe: { recompute: false } });
  expect(await opened(true)).toMatchObject({ recompute: 'on', recipe: { recompute: true } });
  const off = await first(await holding(asJson({ ...PROJECT, recompute: 'off' })));
  expect(off).toMatchObject({ project: { recompute: 'off' }, problem: undefined });
});

test('resets an unreadable field, keeps the others, and sets the stored record aside', async () => {
  const damaged = asJson({
    ...PROJECT,
    tokenizer: { model: { kind: 'bpe', merges: 'x' } },
    data: { manifest: { version: 9 } },
    model: { ...PROJECT.model, config: { ...PROJECT.model.config, layers: 1e9 } },
    recipe: { ...PROJECT.recipe, batch: -1, steps: 77 },
  });
  const store = await holding(damaged);
  const kept = await first(store);
  const recipe = { ...PROJECT.recipe, steps: 77 };
  expect(kept.project).toEqual({ ...PROJECT, recipe });
  expect(kept.problem?.message).toMatch(/tokenizer, data, model, recipe\.batch|recipe\.batch/);
  expect(await unreadableProjects(store)).toMatchObject([{ key: FIRST }]);
  expect(await saveProject(store, kept, { ...kept.project, name: 'Sea' })).toBeDefined();
  expect(await store.get('set-aside/project/1')).toEqual(damaged);
  expect(await first(store)).toMatchObject({ project: { name: 'Sea', recipe }, problem: undefined });
  expect(await unreadableProjects(store)).toMatchObject([{ key: 'set-aside/project/1' }]);
});

test("keeps sizes of earlier architectures, also of one that this version doesn't know", async () => {
  const others = { mamba: { config: { state: 16, kernel: 'wide' }, byHand: ['state'] } };
  const stored = { ...PROJECT, model: { ...PROJECT.model, others } };
  const store = await holding(asJson(stored));
  const kept = await first(store);
  expect(kept).toMatchObject({ project: stored, problem: undefined });
  await saveProject(store, kept, { ...kept.project, name: 'Sea' });
  expect((await first(store)).project.model.others).toEqual(others);

  const theirs = { ...stored, model: { ...stored.model, others: { ...others, bert: { config: {}, byHand: [] } } } };
  const mine = { ...stored, model: { ...stored.model, byHand: ['heads'] } };
  expect(mergeProjects(stored, mine, theirs).model).toEqual({ ...theirs.model, byHand: ['heads'] });
});

test('leaves an unreadable project unchanged, and opens another next to it', async () => {
  for (const [stored, code] of [
    [asJson({ ...PROJECT, version: 3 }), 'newer-version'],
    ['half a rec', 'storage-damaged'],
    [Uint8Array.of(1), 'storage-damaged'],
  ] as const) {
    const store = await holding(stored);
    await expect(first(store)).rejects.toMatchObject({ code });
    expect(await unreadableProjects(store)).toMatchObject([{ key: FIRST, failure: { code } }]);
    const id = await lastOpened(store, () => 'another');
    expect(id).toBe('another');
    await saveProject(store, await readProject(store, id), initialProject(id));
    expect(await lastOpened(store, () => 'third')).toBe('another');
    expect(await store.get(FIRST)).toEqual(stored);
  }
});

test('opening and saving loses nothing that may be stored', async () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.uint8Array({ maxLength: 9 }),
    fc
      .tuple(fc.constantFrom(...Object.keys(PROJECT), 'removedAt'), fc.jsonValue())
      .map(([key, wrong]) => ({ ...PROJECT, [key]: wrong })),
  );
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(FIRST, OLD), async (stored, key) => {
      const store = await holding(stored as Json, key);
      await migrateProject(store, () => 'another');
      const { projects } = await listProjects(store);
      if (projects.length === 0) {
        expect(await store.get(key)).toEqual(stored);
        return;
      }
      const kept = await first(store);
      await saveProject(store, kept, kept.project);
      expect((await first(store)).project).toEqual(asJson(kept.project));
      const aside = await store.get('set-aside/project/1');
      if (kept.problem || aside !== undefined) expect(aside).toEqual(stored);
    }),
  );
});

test('moves the single project of older builds in one commit, and opens it also where that fails', async () => {
  const store = await holding(asOld(), OLD);
  const before = await first(store);
  expect(before).toMatchObject({ project: PROJECT, problem: undefined });
  expect(await lastOpened(store, () => 'another')).toBe(FIRST_PROJECT);
  const full: BlobStore = { ...store, commit: () => Promise.reject(new Error('No room')) };
  await expect(migrateProject(full, () => 'another')).rejects.toThrow('No room');
  expect(await store.keys('')).toEqual([OLD]);

  const commits: unknown[] = [];
  await migrateProject({ ...store, commit: (change) => (commits.push(change), store.commit(change)) }, () => 'another');
  expect(commits).toHaveLength(1);
  expect(await store.keys('')).toEqual([FIRST]);
  expect((await first(store)).project).toEqual(before.project);
  expect(await store.get(FIRST)).toMatchObject({ version: 2, revision: 8, split: { validation: 0.1 } });
  await migrateProject(store, () => 'another');
  expect(await store.keys('')).toEqual([FIRST]);
});

test('a project that an older build writes again becomes a second project', async () => {
  const store = await holding(asOld(), OLD);
  await migrateProject(store, () => 'another');
  await store.commit({ put: [[OLD, asOld({ ...PROJECT, name: 'Sea' })]] });
  await migrateProject(store, () => 'another');
  expect(await store.keys('')).toEqual(['projects/another', FIRST]);
  const { projects } = await listProjects(store);
  expect(projects.map(({ id, name }) => [id, name]).sort()).toEqual([
    ['another', 'Sea'],
    ['first', 'Whale'],
  ]);
});

test('moves the readable part of an older project and sets the stored record aside; leaves an entirely unreadable one', async () => {
  const damaged = asOld({ ...PROJECT, runId: '../x' });
  const store = await holding(damaged, OLD);
  await migrateProject(store, () => 'another');
  expect(await store.keys('')).toEqual([FIRST, 'set-aside/project/1']);
  expect(await store.get('set-aside/project/1')).toEqual(damaged);
  expect((await first(store)).project).toEqual({ ...PROJECT, runId: null });

  const torn = await holding('half a rec', OLD);
  await migrateProject(torn, () => 'another');
  expect(await torn.keys('')).toEqual([OLD]);
  expect(await unreadableProjects(torn)).toMatchObject([{ key: OLD }]);
  expect(await lastOpened(torn, () => 'another')).toBe('another');
  // Also once the first project exists: data that the record may own isn't collected.
  await torn.commit({ put: [[FIRST, asJson(PROJECT)]] });
  expect(await unreadableProjects(torn)).toMatchObject([{ key: OLD }]);
  expect((await listProjects(torn)).projects.map(({ id }) => id)).toEqual([FIRST_PROJECT]);
});

test('opens the project that was opened last, and no removed one', async () => {
  const store = memoryStore();
  expect(await lastOpened(store, () => 'another')).toBe(FIRST_PROJECT);
  for (const [id, openedAt] of [
    ['a', 5],
    ['b', 9],
    ['c', 7],
  ] as const)
    await saveProject(store, await readProject(store, id), { ...initialProject(id), openedAt });
  expect(await lastOpened(store, () => 'another')).toBe('b');
  expect(await updateProject(store, 'b', (project) => ({ ...project, removedAt: 10 }))).toMatchObject({ id: 'b' });
  expect(await lastOpened(store, () => 'another')).toBe('c');
  expect(await updateProject(store, 'nobody', (project) => project)).toBeUndefined();
  expect((await listProjects(store)).projects.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
});

test('keeps both of two concurrent changes', async () => {
  const store = await holding(asJson(PROJECT));
  let isFirst = true;
  const busy: BlobStore = {
    ...store,
    async commit(change) {
      if (isFirst) {
        isFirst = false;
        await updateProject(store, FIRST_PROJECT, (project) => ({ ...project, baseline: 'r1' }));
      }
      return store.commit(change);
    },
  };
  await updateProject(busy, FIRST_PROJECT, (project) => ({ ...project, name: 'Sea' }));
  expect((await first(store)).project).toMatchObject({ name: 'Sea', baseline: 'r1' });
});

test("refuses to save over another tab's newer save", async () => {
  const store = memoryStore();
  const mine = await first(store);
  const second = await first(store);
  expect(await saveProject(store, mine, PROJECT)).toBeDefined();
  expect(await saveProject(store, second, initialProject())).toBeUndefined();
  expect((await first(store)).project.name).toBe('Whale');
});
