import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Router } from 'wouter';
import { memoryStore } from '../../core/base/blobStore';
import { testStudio } from '../../core/testing/behindChannels';
import { StudioContext } from '../../state/react';
import { NoRun } from './NoRun';

test('after a click on a sample the page says that it is read, not that a text is missing', () => {
  const { studio, close } = testStudio(memoryStore());
  const html = (): string =>
    renderToStaticMarkup(
      <Router ssrPath="/train">
        <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
          <NoRun />
        </StudioContext.Provider>
      </Router>,
    );
  expect(html()).toContain('Add text…');
  const progress = { label: 'Reading moby-dick.txt', done: 3e5, of: 12e5, unit: 'bytes' } as const;
  const importing = { kind: 'busy', progress, since: 0, at: 1000, stop: () => undefined } as const;
  studio.setState(({ project }) => ({ takingIn: [project.id], importing }));
  expect(html()).not.toContain('Add text…');
  expect(html()).toContain('Reading moby-dick.txt');
  close();
});

test('the time budget stands where a run starts, unless settings were made by hand', () => {
  const { studio, close } = testStudio(memoryStore());
  const html = (): string =>
    renderToStaticMarkup(
      <Router ssrPath="/train">
        <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
          <NoRun />
        </StudioContext.Provider>
      </Router>,
    );
  const info = { kind: 'cpu', name: 'CPU', gigaflops: 1, choices: ['cpu'] } as never;
  studio.setState({ texts: [{ id: 'a', characters: 9000 } as never], device: { kind: 'open', info } });
  expect(html()).toMatch(/aria-label="Time budget".*20 min.*overnight/s);
  studio.getState().setRecipe({ steps: 7 });
  expect(html()).not.toContain('Time budget');
  close();
});
