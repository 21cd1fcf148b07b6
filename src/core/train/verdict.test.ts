import { expect, test } from 'vitest';
import { runCurve } from '../../testing/runCurve';
import { judge } from './judge';
import { isPastBest, toneOf, VERDICT_KINDS } from './verdict';

const tones = (ending: 'finished' | 'failed' | null) =>
  Object.fromEntries(VERDICT_KINDS.map((kind) => [kind, toneOf({ kind, ending, gap: 0 })]));

test('the tone is ok only for improving, and for a plateau of a finished run', () => {
  const others = {
    ...{ warmingUp: undefined, underfitting: 'warn', overfitting: 'warn', memorizing: 'warn', diverging: 'error' },
    ...{ unstable: 'warn', tooLittleText: 'warn', degenerateSamples: 'warn' },
  };
  expect(tones('finished')).toEqual({ ...others, improving: 'ok', plateau: 'ok' });
  expect(tones(null)).toEqual({ ...others, improving: 'ok', plateau: 'warn' });
  expect(new Set(Object.values(tones('failed')))).toEqual(new Set(['error']));
});

test('a gap of 0.96 nats is never good, whatever the loss and the number of epochs', () => {
  for (const epoch of [50, 5000])
    for (const losses of [
      [5, 4.6, 4.3, 4.1, 4],
      [4, 4, 4, 4, 4],
    ]) {
      const points = losses.map((loss, i): [number, number, number] => [100 * (i + 1), loss, loss - 0.96]);
      const verdict = judge(runCurve(points, { epoch, ending: 'finished' }));
      expect(verdict.gap).toBeCloseTo(0.96);
      expect(toneOf(verdict)).toBe('warn');
      if (epoch === 50) expect(verdict.kind).toBe('memorizing');
      else
        expect(verdict).toMatchObject({
          kind: losses[0] === 5 ? 'improving' : 'plateau',
          next: 'Check that the validation set is like the training text.',
        });
    }
});

test('a run is past its best on a plateau, while overfitting, and when memorizing without a falling loss', () => {
  const past = VERDICT_KINDS.filter((kind) => isPastBest({ kind, trend: 'level' }));
  expect(past).toEqual(['plateau', 'overfitting', 'memorizing']);
  expect(isPastBest({ kind: 'memorizing', trend: 'falling' })).toBe(false);
});
