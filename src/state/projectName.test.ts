/** Automatic names of unnamed projects, over the data worker's real implementation. */
import { afterEach, expect, test, vi } from 'vitest';
import { encoded } from '../testing/encoded';
import { givenFile as file, loadedStudio, type TestStudio } from '../testing/behindChannels';
import { answer, questionsOf } from './questions';

let page: TestStudio;
afterEach(() => page.close());
async function opened() {
  page = await loadedStudio();
  return page.studio.getState;
}
const day = (year: number) => file(`diary-${year}.txt`, `${year}. The sea is wide today. `.repeat(20));
const old = (year: number) =>
  file(`diary-${year}.txt`, encoded(`${year}. Un café noir, et un thé déjà bu.\n`.repeat(20), 'windows-1252'));
const letter = file('to-grandmother.txt', 'Dear grandmother. '.repeat(20));

test('one letter read first does not name a project of eight years of diary that wait for an answer', async () => {
  const getState = await opened();
  await getState().addFiles([letter, ...Array.from({ length: 8 }, (_, i) => old(2012 + i))]);
  expect(getState().project.name).toBe('to-grandmother');
  await vi.waitFor(() => expect(questionsOf(getState())).toMatchObject([{ kind: 'encoding' }]));
  answer(getState(), questionsOf(getState())[0]!);
  await vi.waitFor(() => expect(getState().project.name).toBe('diary'));
});

test("other files of one drop don't leave the project unnamed", async () => {
  const getState = await opened();
  await getState().addFiles([letter, ...Array.from({ length: 8 }, (_, i) => day(2012 + i))]);
  expect(getState().project.name).toBe('diary');
});

test("a person's name stays, and any name once there is a run", async () => {
  const getState = await opened();
  getState().change({ name: 'Grandmother' });
  await getState().addFiles([day(2019), day(2020)]);
  expect(getState().project.name).toBe('Grandmother');
  getState().change({ name: 'Untitled', runId: 'r' });
  await getState().addFiles([letter]);
  expect(getState().project.name).toBe('Untitled');
  getState().change({ runId: null });
  await getState().addFiles([day(2021)]);
  expect(getState().project.name).toBe('diary');
});
