/** Files that the last drop skipped, after a reload: unanswered ones are then skipped too. */
import { afterEach, expect, test, vi } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { encoded } from '../testing/encoded';
import { givenFile as file, testStudio, type TestStudio } from '../testing/behindChannels';
import { shownDrop } from './lastDrop';
import { answer, questionsOf, unansweredFiles } from './questions';
import type { StudioStore } from './slices/studio';

const pages: TestStudio[] = [];
afterEach(() => pages.splice(0).forEach((page) => page.close()));
const store = { current: memoryStore() };
/** A page over the same store, as after a reload. */
async function loaded(): Promise<StudioStore['getState']> {
  const page = testStudio(store.current);
  pages.push(page);
  await page.studio.getState().load();
  return page.studio.getState;
}
const shown = ({ drop, project, ...s }: ReturnType<StudioStore['getState']>) =>
  shownDrop(
    drop,
    project.lastDrop,
    unansweredFiles({ project, ...s }).map(({ name }) => name),
  );
const latin = encoded('Le garçon a été très bref : où êtes-vous, mon élève ?\n'.repeat(12), 'windows-1252');

test('the list survives a reload, without questions that the page lost, until it is dismissed', async () => {
  store.current = memoryStore();
  const first = await loaded();
  await first().addFiles([
    file('d/a.txt', 'The sea is wide.'),
    file('d/copy.txt', 'The sea is wide.'),
    file('d/empty.txt', ''),
    file('d/old.txt', latin),
  ]);
  await vi.waitFor(() => expect(questionsOf(first())).toMatchObject([{ kind: 'encoding' }]));
  expect(shown(first())?.title).toBe('1 added, 1 needs you, 2 skipped');
  await first().flush();

  const second = await loaded();
  expect(shown(second())).toMatchObject({
    title: 'Last drop: 1 added, 3 skipped',
    skipped: [
      { name: 'd/copy.txt', reason: 'duplicate' },
      { name: 'd/empty.txt', reason: 'no text' },
      { name: 'd/old.txt', reason: 'unanswered' },
    ],
    more: 0,
  });
  second().dismissDrop();
  await second().flush();
  expect(shown((await loaded())())).toBeUndefined();
});

test('an answer is saved too, and so is a drop that skipped nothing', async () => {
  store.current = memoryStore();
  const first = await loaded();
  await first().addFiles([file('d/a.txt', 'The sea is wide.'), file('d/empty.txt', ''), file('d/old.txt', latin)]);
  await vi.waitFor(() => expect(questionsOf(first())).toMatchObject([{ kind: 'encoding' }]));
  answer(first(), questionsOf(first())[0]!);
  await vi.waitFor(() => expect(first().texts).toMatchObject([{ documents: 2 }]));
  await first().flush();
  const second = await loaded();
  expect(shown(second())?.title).toBe('Last drop: 2 added, 1 skipped');
  await second().addFiles([file('b.txt', 'The tide is high.')]);
  await second().flush();
  expect(shown((await loaded())())).toBeUndefined();
});

test('a reopened project still asks, and doesn’t count the file as skipped', async () => {
  store.current = memoryStore();
  const first = await loaded();
  await first().addFiles([file('d/a.txt', 'The sea is wide.'), file('d/empty.txt', ''), file('d/old.txt', latin)]);
  await vi.waitFor(() => expect(questionsOf(first())).toMatchObject([{ kind: 'encoding' }]));
  const { id } = first().project;
  await first().newProject();
  expect(shown(first())).toBeUndefined();
  expect(await first().open(id)).toBe(true);
  expect(shown(first())?.title).toBe('Last drop: 1 added, 1 needs you, 1 skipped');
});
