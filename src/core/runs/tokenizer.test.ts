/** Merges of a run's tokenizer, which are stored separately and stay as long as the run. */
import { expect, test } from 'vitest';
import { type BlobStore, memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { storedRecord } from '../base/record';
import { claimRun } from '../checkpoint/checkpoint';
import { runRecord } from '../../testing/runRecord';
import { forkRun } from './fork';
import { KINDS } from './kinds';
import { migrate } from './migrate';
import { addRun, purgeRun, readKnownRun, recordKey, RUN, updateRun } from './record';
import { readTokenizer } from './tokenizer';

const TOKENIZER = {
  kind: 'bpe' as const,
  merges: [
    [1, 2],
    [256, 3],
  ] as const,
  roles: ['end' as const],
};
const made = (id = 'a') => runRecord({ id, step: 4, tokenizer: TOKENIZER });

async function addSaved(store: BlobStore): Promise<void> {
  await addRun(store, made());
  const tensors = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
  await (await claimRun(store, 'a')).save({ state: { step: 4, tokensSeen: 0, activeMs: 0, best: null }, tensors });
}
/** Writes the record like an older build, with the merges inside. */
const before = async (store: BlobStore): Promise<void> => {
  const old = { ...(storedRecord(RUN, made()) as object), version: 2 };
  await store.commit({ put: [[recordKey('a'), old]], drop: ['merges/a'] });
};
const tokenizerOf = async (store: BlobStore, id = 'a') => readTokenizer(store, await readKnownRun(store, id));
const unreadable = async (store: BlobStore) =>
  (await Promise.all(KINDS.map((kind) => kind.unreadable(store, null)))).flat().map(({ key }) => key);

test('stores an external tokenizer whole, and the record has its split pattern', async () => {
  const store = memoryStore();
  const added = { id: 2, special: true, single_word: false, lstrip: false, rstrip: false, normalized: false };
  const elsewhere = { split: 'qwen2', spellings: ['a', 'b', '<|end|>'], added: [added], names: {} } as const;
  for (const merges of [TOKENIZER.merges, []]) {
    await purgeRun(store, 'a');
    await addRun(store, runRecord({ id: 'a', tokenizer: { kind: 'bpe', merges, elsewhere } }));
    expect((await readKnownRun(store, 'a')).tokenizer).toEqual({ kind: 'bpe', split: 'qwen2' });
    expect(await tokenizerOf(store)).toEqual({ kind: 'bpe', merges, elsewhere });
  }
});

test('the record itself has the normalization, and unknown steps are refused', async () => {
  const store = memoryStore();
  const normalizers = [
    { type: 'NFKC' as const },
    { type: 'Replace' as const, pattern: { Regex: '[*]+' }, content: ' ' },
  ];
  await addRun(store, runRecord({ id: 'a', tokenizer: { ...TOKENIZER, normalizers } }));
  expect((await readKnownRun(store, 'a')).tokenizer).toEqual({ kind: 'bpe', roles: ['end'], normalizers });
  expect(await tokenizerOf(store)).toEqual({ ...TOKENIZER, normalizers });
  const unknown = { ...made('b'), tokenizer: { kind: 'bpe', normalizers: [{ type: 'Nmt' }] } };
  await store.commit({ put: [[recordKey('b'), storedRecord(RUN, unknown as never)]] });
  await expect(readKnownRun(store, 'b')).rejects.toMatchObject({ code: 'storage-damaged' });
});

test('the record has no merges; changes leave them, a fork has its own, and they are deleted with their run', async () => {
  const store = memoryStore();
  await addSaved(store);
  expect(JSON.stringify(await store.get(recordKey('a')))).not.toContain('merges');
  await updateRun(store, 'a', (run) => ({ ...run, note: 'n' }));
  expect(await tokenizerOf(store)).toEqual(TOKENIZER);
  const { segments } = await readKnownRun(store, 'a');
  const from = { runId: 'a', step: 4 };
  const fork = { runId: 'b', projectId: 'first', name: 'B', createdAt: 2, from, recipe: segments[0].recipe };
  const forked = await forkRun(store, { ...fork, data: { id: null, facts: null } }, 'x').catch((e: unknown) => e);
  expect(forked).not.toBeInstanceOf(Error);
  await purgeRun(store, 'a');
  expect(await store.keys('merges/')).toEqual(['merges/b']);
  expect(await tokenizerOf(store, 'b')).toEqual(TOKENIZER);
});

test("opens an older build's record as it is, keeps its merges through a change, and upgrades it in one commit", async () => {
  const store = memoryStore();
  await addSaved(store);
  await before(store);
  expect(await tokenizerOf(store)).toEqual(TOKENIZER);
  await updateRun(store, 'a', (run) => ({ ...run, note: 'n' }));
  expect(await tokenizerOf(store)).toEqual(TOKENIZER);
  await before(store);
  await migrate(store, () => 'x', unwatched);
  expect(await store.get('merges/a')).toMatchObject({ merges: TOKENIZER.merges });
  expect(JSON.stringify(await store.get(recordKey('a')))).not.toContain('merges');
  expect(await tokenizerOf(store)).toEqual(TOKENIZER);

  // Changed in another tab between the read and the commit: takes that change.
  await before(store);
  const racing: BlobStore = {
    ...store,
    async commit(change) {
      if ([...(change.put ?? [])].some(([key]) => key === 'merges/a'))
        await updateRun(store, 'a', (run) => ({ ...run, note: 'theirs' }));
      return store.commit(change);
    },
  };
  await migrate(racing, () => 'x', unwatched);
  expect(await readKnownRun(store, 'a')).toMatchObject({ note: 'theirs' });
  expect(await tokenizerOf(store)).toEqual(TOKENIZER);
});

test('reports missing or unreadable merges on access, still lists the run, and keeps all of its data', async () => {
  const store = memoryStore();
  await addSaved(store);
  expect(await unreadable(store)).toEqual([]);
  for (const torn of ['torn', { version: 1, merges: [[1]] }, { version: 2 }]) {
    await store.commit({ put: [['merges/a', torn]] });
    await expect(tokenizerOf(store)).rejects.toThrow(/^The tokenizer of run a (cannot be read|was made by a newer)/);
    expect(await unreadable(store)).toEqual(['merges/a']);
  }
  const [, ...keys] = await store.keys('');
  await store.commit({ drop: ['merges/a'] });
  await expect(tokenizerOf(store)).rejects.toThrow('The tokenizer of run a is missing');
  expect(await unreadable(store)).toEqual(['merges/a']);
  await migrate(store, () => 'x', unwatched);
  expect(keys.length).toBeGreaterThan(3);
  expect((await readKnownRun(store, 'a')).name).toBe('Whale');
});
