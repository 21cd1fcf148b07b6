import { expect, test } from 'vitest';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { TrainEvent } from '../src/core/train/run';
import { savedStepWords, usedStep } from './stepWords';
import { infoInFolder } from '../node/folders/stepInFolder';

const evaluated = (step: number, loss: number) => ({ kind: 'evaluated', step, loss }) as TrainEvent;
/** Evaluated at steps 0, 4, and 8; all alike. */
const EVENTS = [evaluated(0, 5.5), evaluated(4, 6.1), evaluated(8, 5.9)];
const info = (steps: number, classes?: readonly string[]) =>
  ({
    model: { id: 'gpt', config: classes ? { classes } : {} },
    segments: [{ after: 0, recipe: { steps } }],
  }) as unknown as RunInfo;
const stateAt = (step: number) => ({ step, tokensSeen: 0, activeMs: 0, best: { step: 0, loss: 5.5 } });

test('a folder names as best only the step that it holds, and mentions a better one that it lacks', () => {
  expect(infoInFolder(info(8), stateAt(8), EVENTS, 'stopped')).toMatchObject({
    state: { step: 8, best: null },
    bestNotKept: { step: 0, loss: 5.5 },
  });
  const held = infoInFolder(info(8), stateAt(0), EVENTS, 'finished');
  expect(held).toMatchObject({ state: { step: 0, best: { step: 0 } } });
  expect(held).not.toHaveProperty('bestNotKept');
});

test('the terminal says which step a folder holds, and which one was better', () => {
  const words = (step: number, steps: number, classes?: readonly string[]) =>
    savedStepWords(infoInFolder(info(steps, classes), stateAt(step), EVENTS, 'finished'));
  expect(words(0, 8)).toBe('Saved model: step 0, best on the validation set.');
  expect(words(8, 8)).toBe("Saved model: step 8. Step 0 was better on the validation set, but isn't saved.");
  expect(words(8, 8, ['ham', 'spam'])).toBe(
    "Saved classifier: step 8. Step 0 was better on the validation set, but isn't saved.",
  );
});

test('an export of a chosen step names the best one', () => {
  const picked = { ...info(8), state: stateAt(8) };
  expect(savedStepWords(picked)).toBe('Saved model: step 8. Step 0 was better on the validation set.');
  expect(savedStepWords({ ...picked, state: { ...stateAt(8), best: null } })).toBe('Saved model: step 8.');
});

test('commands name the step of a run, but not of other models', () => {
  const held = { ...info(8), state: stateAt(0) };
  expect(usedStep(held, [undefined])).toEqual({
    words: 'Saved model: step 0, best on the validation set.',
    json: { step: 0 },
  });
  expect(usedStep(held, [undefined, 'base:0.5'])).toEqual({});
  expect(usedStep({ ...held, mixed: { name: 'base', share: 0.5, step: 2 } })).toEqual({});
  expect(usedStep(null)).toEqual({});
});
