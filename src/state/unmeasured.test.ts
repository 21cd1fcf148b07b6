/** A run whose objective has no metric: the page shows no figure of another objective, and says why. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OBJECTIVES } from '../core/objectives';
import type { TestStudio } from '../testing/behindChannels';
import { goldenPage, STOPPED } from '../testing/goldenPage';
import { skip } from '../testing/toyObjective';
import { evaluateRefusal, lacksStrided, startsByItself, takesText } from './evaluate';
import { askRefusal, compareRefusal } from './lists';
import { expectedEvaluationTime } from './workTime';

const WHY = 'The model predicts the token after the next, which no metric measures';
let page: TestStudio;
beforeAll(async () => {
  Object.assign(OBJECTIVES, { skip });
  page = await goldenPage(STOPPED);
  await page.studio.getState().useDevice('wasm');
  await page.studio.getState().evaluateStep();
});
afterAll(() => {
  Reflect.deleteProperty(OBJECTIVES, 'skip');
  page.close();
});

test('a causal run is evaluated, tested on lists and compared', () => {
  const { getState } = page.studio;
  expect(evaluateRefusal(getState())).toBeUndefined();
  expect(askRefusal(getState())).toBeUndefined();
  expect(compareRefusal(getState())).toBe('Choose a checkpoint to compare with');
  expect(lacksStrided(getState())).toBe(true);
  expect(expectedEvaluationTime(getState(), false)).toBeGreaterThan(0);
});

test('a run that predicts the token after the next is not, and each refusal says why', async () => {
  const { setState, getState } = page.studio;
  const run = getState().opened[STOPPED]!;
  const record = { ...run.record!, objective: 'skip' as never };
  setState({ opened: { ...getState().opened, [STOPPED]: { ...run, record } } });
  expect(evaluateRefusal(getState())).toBe(WHY);
  expect(askRefusal(getState())).toBe(WHY);
  expect(compareRefusal(getState())).toBe(WHY);
  expect(lacksStrided(getState())).toBe(false);
  expect(startsByItself(getState())).toBe(false);
  expect(expectedEvaluationTime(getState(), false)).toBeUndefined();
  getState().chooseEvaluatedOn('text');
  expect(takesText(getState())).toBe(false);
  const { keptEvaluation } = getState();
  await getState().evaluateStep();
  expect(getState().keptEvaluation).toBe(keptEvaluation);
});
