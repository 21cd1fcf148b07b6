import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countUpTo, judge, trainingAt, type Course } from './verdict';

/** A course whose training loss is given at each evaluation and is flat in between. */
function course(points: readonly [step: number, held: number, trained: number][], more: Partial<Course> = {}): Course {
  const steps: number[] = [];
  const loss: number[] = [];
  for (const [step, , trained] of points) {
    for (let s = (steps.at(-1) ?? 0) + 1; s <= step; s++) {
      steps.push(s);
      loss.push(trained);
    }
  }
  return {
    training: { step: steps, loss },
    evaluations: points.map(([step, held]) => ({ step, loss: held })),
    planned: 1000,
    isOver: false,
    vocabulary: 1000,
    unigramLoss: 6,
    ...more,
  };
}

describe('a run is judged', () => {
  test('only once something was measured after a step', () => {
    expect(judge(course([])).kind).toBe('beginning');
    const verdict = judge(course([[0, Math.log(1000), 0]]));
    expect(verdict.kind).toBe('beginning');
    expect(verdict.evidence).toContain('1,000');
  });

  test('diverging above ln V, and when the loss is no number', () => {
    expect(
      judge(
        course([
          [0, 6.9, 0],
          [100, 9, 9],
        ]),
      ).kind,
    ).toBe('diverging');
    expect(
      judge(
        course([
          [0, 6.9, 0],
          [100, NaN, 9],
        ]),
      ).kind,
    ).toBe('diverging');
  });

  test('blind until it beats the unigram, with two tones of voice', () => {
    const early = judge(
      course([
        [0, 6.9, 0],
        [100, 6.1, 6.1],
      ]),
    );
    const late = judge(
      course([
        [0, 6.9, 0],
        [600, 6.1, 6.1],
      ]),
    );
    expect([early.kind, late.kind]).toEqual(['blind', 'blind']);
    expect(early.judgement).not.toBe(late.judgement);
    expect(
      judge(
        course(
          [
            [0, 6.9, 0],
            [100, 6.1, 6.1],
          ],
          { unigramLoss: null },
        ),
      ).kind,
    ).toBe('learning');
  });

  test('learning: the evidence names both perplexities and the steps between', () => {
    const verdict = judge(
      course([
        [0, 6.9, 0],
        [100, 5, 5],
        [200, 4.5, 4.5],
        [300, 4.2, 4.2],
      ]),
    );
    expect(verdict.kind).toBe('learning');
    expect(verdict.evidence).toContain('300 steps');
    expect(verdict.evidence).toContain('66.7');
  });

  test('memorising: falling, but faster on the training text', () => {
    const verdict = judge(
      course([
        [100, 5, 5],
        [200, 4.6, 4.4],
        [300, 4.5, 4],
        [400, 4.4, 3.2],
      ]),
    );
    expect(verdict.kind).toBe('memorising');
    expect(verdict.evidence).toContain('three times');
  });

  test('overfitting: held-out text gets worse and the training text better', () => {
    const verdict = judge(
      course([
        [100, 5, 5],
        [200, 4.5, 4],
        [300, 4.8, 3],
      ]),
    );
    expect(verdict.kind).toBe('overfitting');
    expect(verdict.judgement).toContain('200');
  });

  test('unsteady: both get worse', () => {
    expect(
      judge(
        course([
          [100, 5, 5],
          [200, 4.5, 4.4],
          [300, 5.2, 5.1],
        ]),
      ).kind,
    ).toBe('unsteady');
  });

  test('level, with and without a gap', () => {
    const at = (trained: number) =>
      judge(course([1, 2, 3, 4, 5].map((n): [number, number, number] => [n * 100, 4, trained]))).kind;
    expect(at(3.98)).toBe('level');
    expect(at(3.5)).toBe('level-memorised');
  });

  test('an ended run is told as ended', () => {
    const points: [number, number, number][] = [
      [100, 5, 5],
      [200, 4.5, 4.5],
    ];
    expect(judge(course(points, { isOver: true })).judgement).toContain('Ended');
  });
});

test('the training loss at a step is the mean of the steps before it', () => {
  const training = { step: [1, 2, 3, 4], loss: [4, 3, 2, 1] };
  expect(trainingAt(training, 0)).toBeUndefined();
  expect(trainingAt(training, 2)).toBe(3);
  expect(trainingAt(training, 99)).toBe(1);
  const long = Array.from({ length: 1000 }, (_, i) => i + 1);
  expect(trainingAt({ step: long, loss: long }, 20)).toBe(19.5);
  expect(trainingAt({ step: long, loss: long }, 1000)).toBe(975.5);
});

test('the search agrees with counting', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: -1, max: 51 }), (values, most) => {
      const sorted = [...values].sort((a, b) => a - b);
      expect(countUpTo(sorted, most)).toBe(sorted.filter((v) => v <= most).length);
    }),
  );
});
