/** Button, plan and Model page show the same time from the press until the run ends. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { buildSamples } from '../../scripts/samples';
import { memoryStore } from '../core/base/blobStore';
import { lonelyLocks, type TestStudio, testStudio } from '../testing/behindChannels';
import { guideOf, nextStep } from './nextStep';
import { textSize } from './estimate';
import { isAsNew, plannedNow, profileNow } from './plan';
import { initialProject } from '../core/runs/project';
import { timed } from './timed';
import { buildingSeconds, planWait, startWait } from './wait';
import { buildTime } from './workTime';

let page: TestStudio;
beforeAll(() => vi.stubGlobal('navigator', { locks: lonelyLocks() }));
afterAll(() => vi.unstubAllGlobals());
afterEach(() => page.close());

test('a start shows the plan’s time with tokenization, before and after the plan is made', async () => {
  page = testStudio(memoryStore());
  const { getState } = page.studio;
  await getState().load();
  await getState().useDevice('wasm');
  await getState().addPaste(buildSamples()[0]!.text.slice(0, 400_000), 'whale.txt');
  const label = (): string | undefined => nextStep(guideOf(getState()), 'text')?.label;
  const minutes = 0.2;
  getState().change({ plan: { ...initialProject().plan, minutes } });

  // Nothing is planned yet: a start takes the whole budget.
  expect(label()).toBe(timed('Start training', 60_000 * minutes));

  await getState().lookAtPlan();
  expect(isAsNew(getState().project)).toBe(true);
  const plan = plannedNow(getState())!;
  const wait = planWait(getState(), plan);
  expect(buildingSeconds(getState())).toBe(buildTime(getState())! / 1000);
  expect(wait).toBeGreaterThan(plan.seconds);
  // The budget includes tokenization.
  expect(wait).toBeLessThanOrEqual(60 * minutes);
  expect(label()).toBe(timed('Start training', 1000 * wait));

  // On the Model page the settings become the plan's, and the time stays.
  await getState().planFor(minutes);
  expect(isAsNew(getState().project)).toBe(false);
  expect(startWait(getState())).toBeCloseTo(wait, 6);
  expect(label()).toBe(timed('Start training', 1000 * wait));

  // Another time budget gives another plan, which untouched settings follow.
  getState().change({ plan: { ...getState().project.plan, minutes: 2 * minutes } });
  const longer = (await getState().planFor(2 * minutes))!;
  expect(longer.seconds).toBeGreaterThan(plan.seconds);
  expect(getState().project.recipe.steps).toBe(longer.recipe.steps);
  expect(getState().project.model.config).toEqual(longer.model.config);
  // Plan and settings count the same tokens, before any are built.
  const { train } = textSize(getState(), profileNow(getState()))!;
  expect(train / longer.tokens).toBeCloseTo(1, 1);
  // An edited setting stays.
  getState().change({ recipe: { ...getState().project.recipe, dropout: 0.3 } });
  await getState().planFor(minutes);
  expect(getState().project.recipe).toMatchObject({ dropout: 0.3, steps: longer.recipe.steps });
  getState().change({ plan: { ...getState().project.plan, minutes } });
  await getState().takePlan(minutes);

  // Existing tokens take no time.
  await getState().prepareFor(getState());
  expect(startWait(getState())).toBeLessThan(wait);
  expect(startWait(getState())).toBeCloseTo(planWait(getState(), plannedNow(getState())!), 6);
}, 120_000);
