/** Each state has one word: in the strip, on Train, on Runs, in the rail and in announcements. */
import { beforeEach, expect, test } from 'vitest';
import { endingOf } from '../core/runs/ending';
import { type Ending, endingWord } from '../core/train/endingWord';
import { inertServices } from '../testing/inertServices';
import { runRecord } from '../testing/runRecord';
import { showing } from '../testing/shown';
import { DEFAULT_RECIPE } from '../core/train/recipe';
import { restWords } from '../features/train/restWords';
import { viewOf } from '../features/runs/view';
import { stateWords } from '../features/runs/words';
import { verdictOf } from '../features/runs/verdict';
import { runStateOf } from '../state/nextStep';
import { shownRun } from '../state/openRun';
import { createStudio } from '../state/studio';
import { announcement } from './Announcements';
import { readPhase } from './phase';
import { STAGES } from './stages';
import type { StudioStore } from '../state/slices/studio';

let store: StudioStore;
beforeEach(() => {
  store = createStudio(inertServices());
});

/** Status of the stored record, and how far it came of 4,000 steps. */
const ENDINGS: readonly [Ending, Parameters<typeof endingOf>[0]['status'], number, string][] = [
  ['finished', 'finished', 4000, 'finished'],
  ['early', 'finished', 2600, 'finished'],
  ['stopped', 'stopped', 2600, 'paused'],
  ['interrupted', 'running', 2600, 'interrupted'],
];

test.each(ENDINGS)('a run that is %s has one word everywhere', (ending, status, step, sign) => {
  const record = runRecord({ id: 'r', status, step, recipe: { ...DEFAULT_RECIPE, steps: 4000 } });
  const saved = { step, bytes: 1, at: null };
  const kind = step === 4000 ? 'finished' : 'stopped';
  showing(store, { record, phase: { kind, step, of: 4000 }, saved, usable: saved });
  const s = store.getState();
  const word = endingWord(ending);
  expect(endingOf(record, step, 4000)).toBe(ending);

  expect(readPhase(s, 0).fact.label).toBe(word);
  expect(announcement(s, undefined)).toMatch(new RegExp(`^${word} at step`));
  const row = { record, step, curve: null, bytes: 1 } as never;
  const view = viewOf(row);
  expect(stateWords(view, false)).toMatch(new RegExp(`^${word.toLowerCase()} at`));
  expect(runStateOf(shownRun(s, 'train'))).toBe(sign);
  const train = STAGES.find(({ id }) => id === 'train')!.state(s).sign;
  expect(train).toBe(sign === 'finished' ? 'done' : sign);
  if (sign !== 'finished') expect(restWords(shownRun(s, 'train')).judgement).toBe(`${word} at step 2,600`);
  expect(verdictOf(view, false).judgement).not.toMatch(/stopped/i);
});

test('a verdict on a run that was paused or interrupted says so', () => {
  for (const [status, word] of [
    ['stopped', 'Paused'],
    ['running', 'Interrupted'],
  ] as const) {
    const record = runRecord({ id: 'r', status, step: 10, recipe: { ...DEFAULT_RECIPE, steps: 4000 } });
    const evaluations = { step: [0], loss: [5], trained: [NaN], trainedError: [NaN], ms: [0] };
    const row = { record, step: 10, curve: { evaluations, training: { ms: [] } }, bytes: 1 } as never;
    expect(verdictOf(viewOf(row), false).judgement).toBe(`${word} before it could be judged`);
  }
});
