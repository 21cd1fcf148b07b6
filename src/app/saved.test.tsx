/** Words about saving: the strip and the pages never contradict each other. */
import { prerender } from 'react-dom/static';
import { afterEach, expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { givenFile as file, loadedStudio, type TestStudio } from '../testing/behindChannels';
import { questionsOf } from '../state/questions';
import { StudioContext } from '../state/react';
import { App } from './App';

let page: TestStudio;
afterEach(() => page.close());

async function shown(): Promise<string> {
  const { studio } = page;
  const { prelude } = await prerender(
    <Router ssrPath="/text">
      <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
        <App />
      </StudioContext.Provider>
    </Router>,
  );
  return (await new Response(prelude).text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

test('while a file waits for an answer, the strip doesn’t say that all is saved', async () => {
  page = await loadedStudio();
  const { getState } = page.studio;
  await getState().addFiles([file('rows.csv', 'a,b\n1,2\n3,4\n')]);
  await vi.waitFor(() => expect(questionsOf(getState())).toMatchObject([{ kind: 'table' }]));
  const first = await shown();
  expect(first).toMatch(/Saved nothing yet/);
  expect(first).toContain('This file isn’t saved yet');

  await getState().addFiles([file('sea.txt', 'The sea is wide.')]);
  const both = await shown();
  expect(both).toMatch(/Saved all but 1 file /);
  expect(both).toContain('This file isn’t saved yet');

  getState().skip(getState().waitingFiles);
  const all = await shown();
  expect(all).toMatch(/Saved all changes/);
  expect(all).not.toContain('saved yet');
});
