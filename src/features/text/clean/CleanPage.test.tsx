/** Clean, rendered over a studio with the real worker code. */
import { prerender } from 'react-dom/static';
import { expect, test, vi } from 'vitest';
import { Router } from 'wouter';
import { givenFile, loadedStudio } from '../../../testing/behindChannels';
import { questionsOf } from '../../../state/questions';
import { StudioContext } from '../../../state/react';
import { CleanPage } from './CleanPage';

const TABLE = ['mail,kind', ...Array.from({ length: 20 }, (_, i) => `letter ${i} of the sea,${i % 3 ? 'ham' : 'spam'}`)].join('\n'); // prettier-ignore

test('without texts for training, Clean says that labeled tables are not cleaned, and leads to the next step', async () => {
  const { studio, close } = await loadedStudio();
  const shown = async (): Promise<string> => {
    const { prelude } = await prerender(
      <Router ssrPath="/text">
        <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
          <CleanPage />
        </StudioContext.Provider>
      </Router>,
    );
    return (await new Response(prelude).text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  };
  const { addFiles, addTables } = studio.getState();
  await addFiles([givenFile('mails.csv', TABLE)]);
  await vi.waitFor(() => expect(questionsOf(studio.getState())).toMatchObject([{ kind: 'table' }]));
  await addTables(studio.getState().waitingFiles, { text: 'mail', label: 'kind' }, undefined, 'classify');
  const empty = await shown();
  expect(empty).toMatch(/Labeled tables aren’t cleaned\. .*Set up classifier…/);
  expect(empty).not.toMatch(/not cleaned|Apply/);

  await addFiles([givenFile('sea.txt', 'The sea is wide.')]);
  expect(await shown()).toMatch(/16 characters.*Apply/);
  close();
});
