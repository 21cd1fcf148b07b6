/** Texts that are removed: what can be undone is still there, and what cannot is gone. */
import { expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { unwatched } from '../core/base/job';
import { collectOrphans, importText, listTexts, pastedText, purgeText, removeText, restoreText } from '../core/text';
import { createStudio } from './studio';

const alone = {
  announce: () => undefined,
  listen: () => undefined,
  holdTraining: () => Promise.resolve({ release: () => undefined }),
  isTraining: () => Promise.resolve(false),
};

test('a removed text is gone from the disk once it cannot be undone, and not before', async () => {
  const store = memoryStore();
  await importText(pastedText('sea.txt', 'The sea is wide.'), store, { addedAt: 1 }, unwatched);
  const calls: Record<string, (input: { id: string }) => Promise<unknown>> = {
    listTexts: () => listTexts(store),
    samples: () => Promise.resolve([]),
    removeText: ({ id }) => removeText(store, id),
    restoreText: ({ id }) => restoreText(store, id),
    purgeText: ({ id }) => purgeText(store, id),
  };
  const data = {
    call: (method: string, input: unknown) => calls[method]!(input as never) as never,
    end: () => undefined,
  };
  const studio = createStudio({
    ...{ data, gpu: data, verify: data, store, now: () => 0, newId: () => 'id', download: () => undefined },
    tabs: alone,
    wakeLock: { hold: () => undefined, release: () => undefined },
  });
  await studio.getState().loadTexts();
  const [text] = studio.getState().texts;
  const bytes = () => store.keys(`text/${text!.id}/`);

  await studio.getState().removeText(text!.id);
  const removal = studio.getState().toasts.at(-1)!;
  removal.undo!();
  studio.getState().dismiss(removal.id);
  await vi.waitFor(async () => expect(await listTexts(store)).toHaveLength(1));
  expect(await bytes()).toHaveLength(1);

  await studio.getState().removeText(text!.id);
  expect(await bytes()).toHaveLength(1);
  studio.getState().dismiss(studio.getState().toasts.at(-1)!.id);
  await vi.waitFor(async () => expect(await bytes()).toHaveLength(0));
  expect(await collectOrphans(store)).toBe(0);
});
