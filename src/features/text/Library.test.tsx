/** The Text page with texts, rendered over a studio with the real worker code. */
import { prerender } from 'react-dom/static';
import { afterEach, expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { givenFile as file, loadedStudio, type TestStudio } from '../../testing/behindChannels';
import { questionsOf } from '../../state/questions';
import { StudioContext } from '../../state/react';
import { Library } from './Library';

let page: TestStudio;
afterEach(() => page.close());
async function opened() {
  page = await loadedStudio();
  return page.studio.getState;
}
/** Text of the page, with a space at the end of each element. */
async function shown(): Promise<string> {
  const { studio } = page;
  const { prelude } = await prerender(
    <Router ssrPath="/text">
      <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
        <Library onFiles={() => undefined} onPaste={() => undefined} />
      </StudioContext.Provider>
    </Router>,
  );
  return (await new Response(prelude).text())
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll(' ,', ',');
}
const TABLE = ['mail,kind', ...Array.from({ length: 20 }, (_, i) => `letter ${i} of the sea,${i % 3 ? 'ham' : 'spam'}`)].join('\n'); // prettier-ignore

test('counts files once, and documents only if a file has several', async () => {
  const getState = await opened();
  await getState().addFiles(Array.from({ length: 9 }, (_, i) => file(`d/${i}.txt`, `The sea is wide. ${i}`)));
  expect(await shown()).toContain(' 9 files, 162 characters');
  expect(await shown()).not.toMatch(/9 documents|1 text\b|Texts 1 /);
  await getState().addFiles([file('mails.csv', TABLE)]);
  await vi.waitFor(() => expect(questionsOf(getState())).toMatchObject([{ kind: 'table' }]));
  await getState().addTables(getState().waitingFiles, { text: 'mail' });
  expect(await shown()).toContain(' 10 files, 29 documents,');
});

test('counts a labeled table by its texts', async () => {
  const getState = await opened();
  await getState().addFiles([file('mails.csv', TABLE)]);
  await vi.waitFor(() => expect(questionsOf(getState())).toMatchObject([{ kind: 'table' }]));
  await getState().addTables(getState().waitingFiles, { text: 'mail', label: 'kind' }, undefined, 'classify');
  expect(await shown()).toContain('20 labeled texts for Teach it more');
  await getState().addFiles([file('sea.txt', 'The sea is wide.')]);
  expect(await shown()).toContain('1 file, 16 characters');
});

test('shows a license if a text has one, as samples do, and asks nobody about their own files', async () => {
  const getState = await opened();
  await getState().addFiles([file('diary.txt', 'Today the sea was wide.')]);
  expect(await shown()).toContain('Preview diary.txt');
  expect(await shown()).not.toMatch(/licen[cs]e/i);
  await getState().setLicence([getState().texts[0]!.id], 'public domain');
  expect(await shown()).toMatch(/License: +public domain *\. +Change…/);
});

test('after a reload the page still lists the files that the last drop skipped', async () => {
  const getState = await opened();
  await getState().addFiles([file('d/a.txt', 'The sea is wide.'), file('d/empty.txt', '')]);
  expect(await shown()).toContain('1 added, 1 skipped');
  page.studio.setState({ drop: null });
  expect(await shown()).toContain('Last drop: 1 added, 1 skipped');
  expect(await shown()).toContain('d/empty.txt');
});
