import { expect, test } from 'vitest';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { TrainEvent } from '../src/core/train/run';
import { heldStepWords, ofFolder } from './told';

const evaluated = (step: number, loss: number) => ({ kind: 'evaluated', step, loss }) as TrainEvent;
/** Evaluated at steps 0, 4, and 8; all alike. */
const EVENTS = [evaluated(0, 5.5), evaluated(4, 6.1), evaluated(8, 5.9)];
const info = (steps: number, classes?: readonly string[]) =>
  ({
    model: { id: 'gpt', config: classes ? { classes } : {} },
    segments: [{ after: 0, recipe: { steps } }],
  }) as unknown as RunInfo;
const stateAt = (step: number) => ({ step, tokensSeen: 0, activeMs: 0, best: { step: 0, loss: 5.5 } });

test('a folder claims no best step but the one that it holds, and names a better one that it lacks', () => {
  expect(ofFolder(info(8), stateAt(8), EVENTS, 'stopped')).toMatchObject({
    state: { step: 8, best: null },
    bestNotKept: { step: 0, loss: 5.5 },
  });
  const held = ofFolder(info(8), stateAt(0), EVENTS, 'finished');
  expect(held).toMatchObject({ state: { step: 0, best: { step: 0 } } });
  expect(held).not.toHaveProperty('bestNotKept');
});

test('the terminal says which step a folder holds, where a person could expect another', () => {
  const words = (step: number, steps: number, classes?: readonly string[]) =>
    heldStepWords(ofFolder(info(steps, classes), stateAt(step), EVENTS, 'finished'));
  expect(words(0, 8)).toBe('Saved model: step 0, best on the validation set.');
  expect(words(8, 8)).toBeUndefined();
  expect(words(8, 8, ['ham', 'spam'])).toBe(
    "Saved classifier: step 8. Step 0 was better on the validation set, but isn't saved.",
  );
});
