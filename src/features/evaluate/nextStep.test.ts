/** The button next to an evaluation fits its verdict and shows its time. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { halvesOver, testStudio, type TestStudio } from '../../testing/behindChannels';
import { goldenStore } from '../../testing/golden';
import { goldenPage, STOPPED } from '../../testing/goldenPage';
import { WRITING } from '../../core/evaluate/writing';
import { evaluationSeconds } from '../../core/plan/workTime';
import { type Guide, guideOf, nextStep } from '../../state/nextStep';
import { timed } from '../../state/timed';
import { evaluationTime, expectedEvaluationTime } from '../../state/workTime';
import { evaluatedStanding } from './words';
import type { Studio } from '../../state/slices/studio';

let page: TestStudio;
beforeAll(async () => {
  page = await goldenPage(STOPPED);
});
afterAll(() => page.close());

/** Returns the page's state after an evaluation in which a trigram model is better by `nats`. */
function against(s: Studio, nats: number): Studio {
  const kept = s.keptEvaluation!.kept!;
  const { evaluation } = kept.record;
  const loss = { ...evaluation.metrics['loss']!, low: 2.99, value: 3, high: 3.01 };
  const record = {
    ...kept.record,
    evaluation: { ...evaluation, metrics: { loss }, baselines: { trigram: { loss: 3 - nats } } },
  };
  return { ...s, keptEvaluation: { ...s.keptEvaluation!, kept: { ...kept, record } } };
}

test('suggests longer training if a trigram model wins, whatever the run’s own evaluations said', async () => {
  const { getState } = page.studio;
  await getState().evaluateStep();
  const finished: Guide = { ...guideOf(getState()), run: 'finished', standing: 'better', longerTime: 720_000 };
  const label = (s: Studio): string | undefined => {
    const standing = evaluatedStanding(s);
    return nextStep(standing === undefined ? finished : { ...finished, standing }, 'evaluate')?.label;
  };
  expect(evaluatedStanding(against(getState(), 0.4))).toBe('worse');
  expect(label(against(getState(), 0.4))).toBe('Train 4× longer · 12 min');
  expect(evaluatedStanding(against(getState(), 0.005))).toBe('level');
  expect(label(against(getState(), -0.4))).toBe('Try it');
  // An evaluation of another step doesn't apply to the one in use.
  getState().setWhich('evaluate', 'best');
  await getState().loadEvaluation();
  expect(evaluatedStanding(against(getState(), 0.4))).toBeUndefined();
  getState().setWhich('evaluate', 'latest');
});

test('the button shows the expected time at the pace of the last evaluation here, or none if unknown', async () => {
  const { getState } = page.studio;
  await getState().useDevice('wasm');
  const s = getState();
  if (s.device.kind !== 'open') throw new Error('no device');
  const { record } = s.opened[STOPPED]!;
  const tokens = record!.segments.at(-1)!.data.facts!.parts.validation.tokens;
  const { facts } = record!.segments.at(-1)!.data;
  const counted = facts!.nGramTop ? 0 : facts!.parts.train.tokens;
  const work = { objective: record!.objective, tokens, written: WRITING.texts * WRITING.tokens, counted };
  const expected = 1000 * evaluationSeconds(record!.model, work, s.device.info);
  expect(evaluationTime({ ...s, evaluationPace: {} })).toBeCloseTo(expected, 6);
  expect(evaluationTime({ ...s, evaluationPace: { wasm: 3 } })).toBeCloseTo(3 * expected, 6);
  expect(evaluationTime(s, true)).toBeGreaterThan(evaluationTime(s)!);
  expect(evaluationTime({ ...s, device: { kind: 'opening' } })).toBeUndefined();
  expect(evaluationTime({ ...s, evaluatedOn: 'text' })).toBeUndefined();
  const text = { name: 'letter.txt', text: 'The sea is wide. '.repeat(100), hash: null };
  expect(evaluationTime({ ...s, evaluatedOn: 'text', ownText: text })).toBeGreaterThan(0);
  expect(timed('Evaluate', 12_000)).toBe('Evaluate · 12 s');
  expect(timed('Evaluate', undefined)).toBe('Evaluate');
});

test('an evaluation that took three times as long as expected triples the next estimate', async () => {
  const store = await goldenStore();
  let clock = 0;
  const { studio, close } = testStudio(store, halvesOver(store), { now: () => clock });
  const { getState } = studio;
  await getState().load();
  await getState().bringBack(STOPPED);
  await getState().useDevice('wasm');
  const expected = expectedEvaluationTime(getState(), false)!;
  expect(evaluationTime(getState())).toBe(expected);
  const leave = studio.subscribe((s) => void (s.evaluating.kind === 'busy' && (clock = 3 * expected)));
  await getState().evaluateStep();
  leave();
  expect(evaluationTime(getState())).toBeCloseTo(3 * expected, 6);
  close();
});
