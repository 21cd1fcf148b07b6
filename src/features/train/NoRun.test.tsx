import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Router } from 'wouter';
import { memoryStore } from '../../core/base/blobStore';
import { testStudio } from '../../testing/behindChannels';
import { StudioContext } from '../../state/react';
import { NoRun } from './NoRun';

test('after a click on a sample the page says that it is being read, not that text is missing', () => {
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

test('the time budget is next to Start, unless settings were made by hand', () => {
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

test('settings that can’t be trained are named instead of Start, with a way to change them', () => {
  const { studio, close } = testStudio(memoryStore());
  studio.setState(({ project }) => ({
    texts: [{ id: 'a', characters: 9000 } as never],
    project: {
      ...project,
      model: { ...project.model, id: 'gpt', config: { ...project.model.config, width: 50, heads: 4 } },
    },
  }));
  const html = renderToStaticMarkup(
    <Router ssrPath="/train">
      <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
        <NoRun />
      </StudioContext.Provider>
    </Router>,
  );
  expect(html).toContain('These settings can’t be trained');
  expect(html).toMatch(/The width of 50 isn.*t a multiple of 4 heads\./);
  expect(html).toContain('Change settings…');
  expect(html).not.toMatch(/Ready to train|Start training/);
  close();
});
