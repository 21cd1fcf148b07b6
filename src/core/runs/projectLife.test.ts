/** Ownership of a project's data, copies, and purges that delete only the project's own data, despite interruptions. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { claimRun } from '../checkpoint/checkpoint';
import { collectOrphans, importText, listTexts, pastedText } from '../documents';
import { UNDO_MS } from '../documents/library';
import { runRecord } from '../../testing/runRecord';
import { failingAt, snapshotAt } from '../../testing/savedSteps';
import { initialProject } from './project';
import { duplicateProject, purgeProject, purgeRemovedProjects, rescueProject } from './projectLife';
import { readProject, saveProject, updateProject } from './projects';
import { addRun, listRuns, updateRun } from './record';
import { measureEverything, projectRows } from './sizes';

/** Project a has its own text, one shared with b, and a run with a saved step; b also has a run. */
async function library(): Promise<BlobStore> {
  const store = memoryStore();
  for (const id of ['a', 'b'])
    await saveProject(store, await readProject(store, id), { ...initialProject(id, 1), name: id });
  let addedAt = 0;
  const add = (words: string, projectId: string) =>
    importText(pastedText(`${words}.txt`, words), store, { projectId, addedAt: ++addedAt }, unwatched);
  await add('whale', 'a');
  await add('the sea', 'a');
  await add('the sea', 'b');
  await add('albatross', 'b');
  for (const [id, projectId] of [
    ['r', 'a'],
    ['s', 'b'],
  ] as const)
    await addRun(store, runRecord({ id, projectId }));
  await (await claimRun(store, 'r')).save(snapshotAt(1));
  return store;
}
const holding = (_: string, work: () => Promise<void>): Promise<void> => work();
const all = async (store: BlobStore) =>
  new Map(await Promise.all((await store.keys('')).map(async (key) => [key, await store.get(key)] as const)));
const remove = (store: BlobStore) => updateProject(store, 'a', (project) => ({ ...project, removedAt: 5 }));
const namesIn = async (store: BlobStore, id: string) => (await listTexts(store, id)).map(({ name }) => name);

test("a row shows a project's items, and its own and shared bytes", async () => {
  const store = await library();
  const [a, b] = await projectRows(store);
  expect(a).toMatchObject({ id: 'a', texts: 2, runs: 1, bytes: { shared: 'the sea'.length } });
  expect(a!.bytes!.own).toBeGreaterThan('whale'.length + 4 * 40); // the saved step
  // Its run has no saved step, so it is in no list.
  expect(b).toMatchObject({ id: 'b', texts: 2, runs: 0, bytes: { own: 'albatross'.length, shared: 'the sea'.length } });
  expect(await measureEverything(store)).toMatchObject([
    { name: 'Projects', count: 2 },
    { name: 'Texts', count: 3, bytes: 'whalethe seaalbatross'.length },
    { name: 'Runs, with their saved steps', count: 2 },
  ]);
});

test('a copy has the texts and settings, no runs, and takes no space; an interrupted copy leaves nothing', async () => {
  const copy = { id: 'a', copy: 'c', name: 'a copy', at: 9 };
  const whole = await library();
  await updateProject(whole, 'a', (project) => ({ ...project, runId: 'r', recompute: 'off' }));
  await duplicateProject(whole, copy);
  expect((await readProject(whole, 'c')).project).toMatchObject({ name: 'a copy', runId: null, recompute: 'off' });
  expect(await namesIn(whole, 'c')).toEqual(await namesIn(whole, 'a'));
  expect((await whole.keys('text/')).length).toBe((await (await library()).keys('text/')).length);
  expect((await listRuns(whole)).filter(({ projectId }) => projectId === 'c')).toEqual([]);
  let stopped = 0;
  for (let n = 0; ; n++) {
    const store = await library();
    const before = await all(store);
    const isDone = await duplicateProject(failingAt(store, n, 'before'), copy).then(
      () => true,
      () => false,
    );
    if (isDone) break;
    expect(await all(store)).toEqual(before);
    stopped++;
  }
  expect(stopped).toBeGreaterThan(3);
  await expect(duplicateProject(whole, { ...copy, copy: 'b' })).rejects.toMatchObject({ code: 'in-use' });
});

test("a purge deletes only a removed project's own data", async () => {
  const store = await library();
  const others = async () => [
    await namesIn(store, 'b'),
    (await store.keys('runs-index/')).filter((k) => k.endsWith('s')),
  ];
  const before = await others();
  await purgeProject(store, 'a', holding); // not a removed one
  expect(await store.keys('projects/')).toEqual(['projects/a', 'projects/b']);
  await remove(store);
  expect((await projectRows(store)).find(({ id }) => id === 'a')).toMatchObject({ removedAt: 5, texts: 2 });
  expect(await purgeRemovedProjects(store, 5 + UNDO_MS, holding)).toBe(false); // another tab may still offer to undo it
  expect(await store.keys('projects/')).toHaveLength(2);
  expect(await purgeRemovedProjects(store, 6 + UNDO_MS, holding)).toBe(true);
  expect(await store.keys('projects/')).toEqual(['projects/b']);
  expect(await others()).toEqual(before);
  expect((await listTexts(store)).map(({ name, projects }) => [name, projects])).toEqual([
    ['the sea.txt', ['b']],
    ['albatross.txt', ['b']],
  ]);
  expect((await store.keys('')).filter((key) => /^(heads|manifests|runs|runs-index)\/r\b/.test(key))).toEqual([]);
});

test('if stopped at any operation, a second purge continues, with the same result', async () => {
  const whole = await library();
  await remove(whole);
  const ids = (await listTexts(whole)).map(({ id }) => id);
  await purgeProject(whole, 'a', holding);
  const left = (await whole.keys('')).map((key) => ids.reduce((k, id, i) => k.replace(id, `text ${i}`), key));
  for (const when of ['before', 'after'] as const) {
    let n = 0;
    for (let isDone = false; !isDone; n++) {
      const store = await library();
      await remove(store);
      const own = (await listTexts(store)).map(({ id }) => id);
      isDone = await purgeProject(failingAt(store, n, when), 'a', holding).then(
        () => true,
        () => false,
      );
      expect(await namesIn(store, 'b')).toHaveLength(2);
      // Like the next start.
      await collectOrphans(store, 6 + UNDO_MS);
      await purgeProject(store, 'a', holding);
      expect(
        (await store.keys('')).map((key) => own.reduce((k, id, i) => k.replace(id, `text ${i}`), key)).sort(),
      ).toEqual(left.toSorted());
    }
    expect(n).toBeGreaterThan(10);
  }
});

test("a run in use keeps its project, and all of the run's data", async () => {
  const store = await library();
  await remove(store);
  const refuse = () => Promise.reject(new Error('in use'));
  await expect(purgeProject(store, 'a', refuse)).rejects.toThrow('in use');
  expect(await store.keys('projects/')).toContain('projects/a');
  expect(await store.keys('heads/r')).toEqual(['heads/r']);
});

test('a project restored during its purge keeps its remaining data', async () => {
  const restore = (store: BlobStore) => updateProject(store, 'a', ({ removedAt: _, ...project }) => project);
  // Before its run is deleted, just after another holder released it.
  const store = await library();
  await remove(store);
  await purgeProject(store, 'a', async (_, work) => {
    await restore(store);
    await work();
  });
  expect((await listRuns(store)).map(({ id }) => id)).toContain('r');
  expect(await store.keys('heads/r')).toEqual(['heads/r']);
  expect(await store.keys('projects/')).toContain('projects/a');

  // After its first text was deleted.
  const other = await library();
  await remove(other);
  let isBack = false;
  const watched: BlobStore = {
    ...other,
    async commit(change) {
      const drop = [...(change.drop ?? [])];
      const isDone = await other.commit({ ...change, drop });
      if (!isBack && drop.some((key) => key.startsWith('text'))) {
        isBack = true;
        await restore(other);
      }
      return isDone;
    },
  };
  await purgeProject(watched, 'a', holding);
  expect(isBack).toBe(true);
  expect(await namesIn(other, 'a')).toHaveLength(1);
  expect((await listRuns(other)).map(({ id }) => id)).toContain('r');
});

test('a removed project is purged even if its opening time changes meanwhile', async () => {
  const store = await library();
  await remove(store);
  await purgeProject(store, 'a', async (_, work) => {
    await work();
    await updateProject(store, 'a', (project) => ({ ...project, openedAt: 9 }));
  });
  expect(await store.keys('projects/')).toEqual(['projects/b']);
});

test('an unreadable project continues in a new one, all or nothing, and its record stays', async () => {
  const damaged = async (): Promise<BlobStore> => {
    const store = await library();
    await updateRun(store, 'r', (run) => ({ ...run, step: 1 }));
    await store.commit({ put: [['projects/a', 'half a rec']] });
    return store;
  };
  const rescue = { from: 'a', id: 'c', name: 'back', at: 9 };
  const whole = await damaged();
  expect((await projectRows(whole)).at(-1)).toMatchObject({ id: 'a', texts: 2, runs: 1, bytes: null });
  await rescueProject(whole, rescue);
  expect((await readProject(whole, 'c')).project).toMatchObject({ name: 'back', runId: 'r', openedAt: 9 });
  expect((await namesIn(whole, 'c')).sort()).toEqual(['the sea.txt', 'whale.txt']);
  expect(await namesIn(whole, 'a')).toEqual(await namesIn(whole, 'c'));
  expect((await listRuns(whole)).map(({ id, projectId }) => [id, projectId]).sort()).toEqual([
    ['r', 'c'],
    ['s', 'b'],
  ]);
  expect(await whole.get('projects/a')).toBe('half a rec');
  const after = await all(whole);
  for (let n = 0; ; n++) {
    const store = await damaged();
    const before = await all(store);
    const failing = failingAt(store, n, 'before');
    const isDone = await rescueProject(failing, rescue).then(
      () => true,
      () => false,
    );
    expect(await all(store)).toEqual(isDone ? after : before);
    if (isDone) return;
  }
});
