import { expect, it } from 'vitest';
import { memoryStore } from './blobStore';
import { collectDrafts, discardDraft, openDraft } from './draft';

const bytes = Uint8Array.of(1);

it('keeps its values once finished', async () => {
  const store = memoryStore();
  const draft = await openDraft(store, 'a/1/');
  await draft!.put([['a/1/0', bytes]]);
  await draft!.finish([['list/1', 'done']]);
  expect(await collectDrafts(store)).toBe(0);
  expect(await store.keys('')).toEqual(['a/1/0', 'list/1']);
});

it('exists once per prefix, and only if the prefix is empty', async () => {
  const store = memoryStore();
  const draft = await openDraft(store, 'a/1/');
  expect(await openDraft(store, 'a/1/')).toBeNull();
  await draft!.discard();
  expect(await openDraft(store, 'a/1/')).not.toBeNull();
  await discardDraft(store, 'a/1/');
  await store.commit({ put: [['a/1/0', bytes]] });
  expect(await openDraft(store, 'a/1/')).toBeNull();
});

it('leaves nothing behind if discarded during a write', async () => {
  const store = memoryStore();
  let isSlow = false;
  const commit: typeof store.commit = async (change) => {
    if (isSlow && change.put) await new Promise((resolve) => setTimeout(resolve, 20));
    return store.commit(change);
  };
  const draft = await openDraft({ ...store, commit }, 'a/1/');
  isSlow = true;
  const put = draft!.put([['a/1/0', bytes]]);
  await draft!.discard();
  await put;
  expect(await store.keys('')).toEqual([]);
});

it('fails to continue after another tab collected it', async () => {
  const store = memoryStore();
  const draft = await openDraft(store, 'a/1/');
  await draft!.put([['a/1/0', bytes]]);
  await store.commit({ put: [['a/10/0', bytes]] });
  expect(await collectDrafts(store)).toBe(1);
  await expect(draft!.put([['a/1/1', bytes]])).rejects.toMatchObject({ code: 'in-use' });
  await expect(draft!.finish([['list/1', 'done']])).rejects.toMatchObject({ code: 'in-use' });
  expect(await store.keys('')).toEqual(['a/10/0']);
});

it('collects nothing for an unreadable mark or a prefix of several folders', async () => {
  const store = memoryStore();
  await store.commit({
    put: [
      ['texts/1', { name: 'whole' }],
      ['text/1/0', bytes],
      ['text/2/0', bytes],
      ['runs/1/0.1.1/00000', bytes],
      ...['', '/', 't', 'text', 'text/', 'text/1', 'runs/1/0.1.1/', '../'].map(
        (prefix) => [`draft/${prefix}`, true] as const,
      ),
      ['draft/text/1/', { version: 2 }],
      ['draft/text/2/', true],
    ],
  });
  const before = await store.keys('');
  expect(await collectDrafts(store)).toBe(1);
  expect(await store.keys('')).toEqual(before.filter((key) => !['text/2/0', 'draft/text/2/'].includes(key)));
});
