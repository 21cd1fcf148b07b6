/** Actions after a failure, and reasons for unavailable ones. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';
import { Router } from 'wouter';
import { HomegrownError, toFailure } from '../../core/base/errors';
import type { TestStudio } from '../../testing/behindChannels';
import { goldenPage, spoil, STOPPED, withBestWeights } from '../../testing/goldenPage';
import { showing } from '../../testing/shown';
import { StudioContext } from '../../state/react';
import { FailurePanel } from './FailurePanel';

let page: TestStudio;
afterEach(() => page.close());

/** Every button by its label: whether it is enabled. */
function buttons(): Record<string, boolean> {
  const { studio } = page;
  const html = renderToStaticMarkup(
    <Router ssrPath="/train">
      <StudioContext.Provider value={{ ...studio, getInitialState: studio.getState }}>
        <FailurePanel />
      </StudioContext.Provider>
    </Router>,
  );
  return Object.fromEntries(
    [...html.matchAll(/<button([^>]*)>(.*?)<\/button>/g)].map(([, attributes, content]) => [
      content!.replace(/<[^>]*>/g, ''),
      !attributes!.includes('aria-disabled="true"'),
    ]),
  );
}

test('while another tab trains, nothing starts or resumes here, and other actions stay available', async () => {
  page = await goldenPage(STOPPED);
  const { setState } = page.studio;
  const failure = toFailure(new HomegrownError('device-lost', 'The GPU was lost'));
  showing(page.studio, { phase: { kind: 'failed', failure, step: 120, of: 5000 } });
  expect(buttons()).toEqual({ 'Resume from step 120': true, 'Download step 120…': true });
  setState({ trainingElsewhere: true });
  expect(buttons()).toEqual({ 'Resume from step 120': false, 'Download step 120…': true });

  const diverged = toFailure(new HomegrownError('diverged', 'The loss is no number'));
  showing(page.studio, { phase: { kind: 'failed', failure: diverged, step: 120, of: 5000 } });
  const offered = buttons();
  expect(offered).toMatchObject({ 'Change settings…': true, 'Resume from step 120': false });
  expect(Object.entries(offered).find(([words]) => words.startsWith('Restart at learning rate'))?.[1]).toBe(false);
  setState({ trainingElsewhere: false });
  expect(Object.values(buttons())).toEqual([true, true, true]);
});

test('a run with only the weights of its best step left offers export and restart, not resume', async () => {
  const store = await withBestWeights();
  for (const step of [100, 120]) await spoil(store, STOPPED, step, 'drop');
  page = await goldenPage(STOPPED, store);
  expect(Object.keys(buttons())).toEqual(['Download step 110…', 'Restart training']);
});
