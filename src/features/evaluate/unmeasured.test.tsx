/** Evaluate shows no score for a run whose objective has no metric, and gives the reason. */
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Router } from 'wouter';
import { OBJECTIVES } from '../../core/objectives';
import type { TestStudio } from '../../testing/behindChannels';
import { goldenPage, STOPPED } from '../../testing/goldenPage';
import { skip } from '../../testing/toyObjective';
import { withoutMarks } from '../../testing/withoutMarks';
import { StudioContext } from '../../state/react';
import { EvaluatePage } from './EvaluatePage';

let page: TestStudio;
beforeAll(async () => {
  Object.assign(OBJECTIVES, { skip });
  page = await goldenPage(STOPPED);
  await page.studio.getState().loadEvaluation();
});
afterAll(() => {
  Reflect.deleteProperty(OBJECTIVES, 'skip');
  page.close();
});

const shown = (): string =>
  withoutMarks(
    renderToStaticMarkup(
      <StudioContext.Provider value={{ ...page.studio, getInitialState: page.studio.getState }}>
        <Router ssrPath="/evaluate">
          <EvaluatePage />
        </Router>
      </StudioContext.Provider>,
    ),
  );

test('names the reason instead of scores, and offers no text to evaluate on', async () => {
  const why = 'The model predicts the token after the next, which no metric measures';
  expect(shown()).not.toContain(why);
  const { getState, setState } = page.studio;
  const run = getState().opened[STOPPED]!;
  setState({
    opened: { ...getState().opened, [STOPPED]: { ...run, record: { ...run.record!, objective: 'skip' as never } } },
  });
  expect(shown()).toContain(why);
  for (const on of ['text', 'test'] as const) {
    getState().chooseEvaluatedOn(on);
    await getState().loadEvaluation();
    expect(shown()).toContain(why);
    expect(shown()).not.toMatch(/Choose text…|Your text|Hold out a test set/);
  }
});
