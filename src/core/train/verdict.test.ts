import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { METRICS } from '../metrics';
import { causal } from '../objectives/causal';
import { errorOf, judge, meanAt, type Course } from './verdict';

type Baselines = { vocabulary: number; unigramLoss: number | null };
const told = ({ vocabulary, unigramLoss: loss }: Baselines) => ({
  headline: METRICS.perplexity,
  baselines: causal.baselines({ vocabulary, data: loss === null ? null : { unigramLoss: loss } }),
  more: 'A larger model or a longer context',
});

/** A course whose training loss is given at each evaluation and is flat in between. */
function course(
  points: readonly (readonly [step: number, held: number, trained: number])[],
  { vocabulary = 1000, unigramLoss = 6, ...more }: Partial<Course & Baselines> = {},
): Course {
  const steps: number[] = [];
  const loss: number[] = [];
  for (const [step, , trained] of points) {
    for (let s = (steps.at(-1) ?? 0) + 1; s <= step; s++) {
      steps.push(s);
      loss.push(trained);
    }
  }
  return {
    trained: (step, after) => meanAt({ step: steps, loss }, step, after),
    evaluations: points.map(([step, held]) => ({ step, loss: held })),
    planned: 1000,
    isOver: false,
    ...told({ vocabulary, unigramLoss }),
    after: 0,
    isGapKnown: true,
    epoch: 50,
    evalTokens: 16_384,
    ...more,
  };
}

describe('a run is judged', () => {
  test('a loss next to nothing that has levelled off is told in nats', () => {
    const near = [0.0005, 0.0004, 0.00039, 0.00039].map((loss, i) => [20 * i + 20, loss, loss] as const);
    const evidence = /within the 0\.01 nats that .* loss was 0\.000390 nats\. More texts would/;
    expect(judge(course(near, { headline: METRICS.loss, more: 'More texts' })).evidence).toMatch(evidence);
  });

  test('only once something was measured after a step', () => {
    expect(judge(course([])).kind).toBe('beginning');
    const verdict = judge(course([[0, Math.log(1000), 0]]));
    expect(verdict.kind).toBe('beginning');
    expect(verdict.evidence).toContain('1,000');
  });

  test('with a word on why it ended before its last step, where it did', () => {
    const points: [number, number, number][] = [
      [0, 6.9, 0],
      [100, 5, 5],
      [200, 5, 5],
    ];
    const early = { step: 200, evaluations: 1 };
    const { evidence } = judge(course(points, { isOver: true, early }));
    expect(evidence).toMatch(
      / Training ended early, at step 200 of 1,000: 1 evaluation in a row brought no improvement\.$/,
    );
    // While it goes on from there, and when it has gone further, it did not end there.
    expect(judge(course(points, { early })).evidence).not.toContain('early');
    expect(judge(course([...points, [300, 5, 5]], { isOver: true, early })).evidence).not.toContain('early');
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

  test('not diverging where it learns its own text: then held-out text is unlike it, or it memorises', () => {
    const far = judge(
      course([
        [0, 6.9, 0],
        [100, 9, 1],
        [200, 10, 0.5],
      ]),
    );
    expect(far.kind).toBe('overfitting');
    expect(far.evidence).not.toMatch(/learning rate/);
  });

  test('in hope where it was stopped on its way down, and as stuck where it stood still', () => {
    const kindOf = (held: readonly number[]) =>
      judge(
        course(
          held.map((loss, i) => [10 * i, loss, loss]),
          { isOver: true },
        ),
      ).kind;
    expect(kindOf([7.6, 7.2, 6.8, 6.5])).toBe('blind');
    expect(kindOf([6.9, 6.9, 6.9, 6.9])).toBe('stuck');
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
    expect([early.kind, late.kind]).toEqual(['blind', 'stuck']);
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
    expect(verdict.evidence).toContain('between steps 0 and 300');
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

  test('without a word on the gap where held-out text asks what is harder: hidden tokens, of which training shows some', () => {
    const points: [number, number, number][] = [
      [100, 5, 4.4],
      [200, 4.6, 3.9],
      [300, 4.5, 3.5],
      [400, 4.4, 2.8],
    ];
    expect(judge(course(points)).kind).toBe('memorising');
    const hidden = judge(course(points, { isGapKnown: false }));
    expect(hidden).toMatchObject({ kind: 'learning', trend: 'falling' });
    expect(hidden.evidence).not.toContain('Training');
    const level = points.map(([step, , trained]): [number, number, number] => [step, 4.4, trained]);
    expect(judge(course(level)).kind).toBe('level-memorised');
    expect(judge(course(level, { isGapKnown: false })).kind).toBe('level');
  });

  test('overfitting: held-out text gets worse and the training text better', () => {
    const verdict = judge(
      course([
        [100, 5, 5],
        [200, 4.5, 4],
        [300, 4.8, 3],
        [400, 4.9, 2.6],
      ]),
    );
    expect(verdict).toMatchObject({ kind: 'overfitting', trend: 'rising' });
    expect(verdict.judgement).toContain('200');
    expect(verdict.evidence).toContain('after 8 epochs');
  });

  test('nothing by one evaluation alone: 92.7, then 94.6', () => {
    const falling: [number, number, number][] = [
      [100, 5.4, 5.3],
      [200, 5, 4.9],
      [300, 4.7, 4.5],
      [400, Math.log(92.7), 4.2],
    ];
    const verdict = judge(course([...falling, [500, Math.log(94.6), 4]]));
    expect(verdict).toMatchObject({ kind: 'learning', trend: 'falling' });
    expect(verdict.evidence).toContain('fell from 148 to 94.6');
    // Had it not fallen before either: it is level until the next says more.
    const level: [number, number, number][] = [1, 2, 3, 4, 5, 6].map((n) => [n * 100, 4, 3.99]);
    const spike = judge(course([...level, [700, 4.2, 3.98]]));
    expect(spike).toMatchObject({ kind: 'level', trend: 'level' });
    expect(spike.evidence).toMatch(/stayed near 54\.6.*The last evaluation was 66\.7; one alone may be chance/);
    expect(judge(course([...level, [700, 4.2, 3.9], [800, 4.3, 3.8]])).kind).toBe('overfitting');
  });

  test('not as memorising what it has not read once', () => {
    const points: [number, number, number][] = [
      [100, 5, 5],
      [200, 4.5, 4],
      [300, 4.8, 3],
      [400, 4.9, 2.6],
    ];
    const verdict = judge(course(points, { epoch: 2000 }));
    expect(verdict).toMatchObject({ kind: 'unsteady', trend: 'rising' });
    expect(verdict.judgement + verdict.evidence).toMatch(/0\.2 epochs: too few to memorize the text/);
    expect(verdict.judgement).not.toMatch(/[Mm]emori/);
    expect(judge(course(points, { epoch: null })).kind).toBe('unsteady');
    // It began to rise before, so the step is no beginning of memorising.
  });

  test('only by what came after a change of the data', () => {
    const points: [number, number, number][] = [
      [0, 6.9, 6.9],
      [100, 5, 5],
      [200, 4.5, 4.5],
      [300, 3.8, 3.7],
      [400, 3.7, 3.6],
    ];
    const changed = (after: number) => judge(course(points, { after }));
    expect(changed(400)).toMatchObject({ kind: 'beginning', trend: null });
    expect(changed(400).evidence).toBe('Not evaluated on the validation set yet.');
    expect(changed(300).evidence).toMatch(/is 40\.4 at step 400, measured once/);
    const both = changed(200);
    expect(both.evidence).toContain('fell from 44.7 to 40.4');
    expect(both.evidence).toMatch(/between steps [\d,]+ and [\d,]+/);
    // A rise against the other text is none, and epochs are counted from the change.
    const worse: [number, number, number][] = [...points, [500, 5.5, 5.4], [600, 5.3, 5.2], [700, 5.1, 5]];
    expect(judge(course(worse, { after: 400 })).kind).toBe('learning');
    expect(judge(course(worse)).kind).toBe('unsteady');
  });

  test('unsteady: both get worse', () => {
    expect(
      judge(
        course([
          [100, 5, 5],
          [200, 4.5, 4.4],
          [300, 5.2, 5.1],
          [400, 5.3, 5.3],
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

  test('a run that ended by itself, one that was stopped and one that was interrupted read differently', () => {
    const judgementOf = (cut?: Course['cut']): string => judge(course([[100, 5, 5]], { isOver: true, cut })).judgement;
    for (const [cut, word] of [
      ['stopped', 'Paused'],
      ['interrupted', 'Interrupted'],
      [undefined, 'Finished'],
    ] as const)
      expect(judgementOf(cut)).toBe(`${word} before it could be judged`);
  });
});

/** What a course was judged to be after each of its evaluations. */
const judged = (whole: Course) =>
  whole.evaluations.map((_, i) => judge({ ...whole, evaluations: whole.evaluations.slice(0, i + 1) }));
const kinds = (whole: Course) => judged(whole).map(({ kind }) => kind);

describe('curves of real runs', () => {
  type Curve = Pick<Course, 'evalTokens' | 'planned'> &
    Baselines & {
      tokensPerStep: number;
      trainTokens: number;
      evaluations: [number, number][];
      training: number[];
    };
  const file = new URL('../testing/curves.json', import.meta.url);
  const curves = JSON.parse(readFileSync(file, 'utf8')) as Record<'falls' | 'shakes' | 'overfits', Curve>;
  const replayed = ({ evaluations, training, vocabulary, unigramLoss, ...facts }: Curve): Course => ({
    ...facts,
    epoch: facts.trainTokens / facts.tokensPerStep,
    ...told({ vocabulary, unigramLoss }),
    after: 0,
    isGapKnown: true,
    isOver: false,
    trained: (step, after) => meanAt({ step: training.map((_, i) => i + 1), loss: training }, step, after),
    evaluations: evaluations.map(([step, loss]) => ({ step, loss })),
  });

  test('a run that falls for two epochs is learning from its fourth evaluation to its end', () => {
    expect(kinds(replayed(curves.falls)).slice(3)).toEqual(Array(28).fill('learning'));
  });

  test('a run that is shaken by a high rate, at 0.7 epochs, is never said to overfit, memorise or level off', () => {
    const all = kinds(replayed(curves.shakes));
    expect(all.slice(10)).toEqual(Array(all.length - 10).fill('learning'));
    // It does rise by more than a single reading's error, again and again.
    const { evaluations, evalTokens } = replayed(curves.shakes);
    const rises = evaluations.filter(({ loss }, i) => i > 10 && loss > evaluations[i - 1]!.loss);
    expect(rises.length).toBeGreaterThan(5);
    expect(errorOf(evaluations, evalTokens)).toBeGreaterThan(errorOf(evaluations.slice(0, 2), evalTokens));
  });

  test('a run over a text of 5,752 tokens overfits, is said to, and stays so', () => {
    const all = judged(replayed(curves.overfits));
    const first = all.findIndex(({ kind }) => kind === 'overfitting');
    expect(first).toBeGreaterThan(7); // its best is the seventh
    expect(all.slice(first).map(({ judgement }) => judgement)).toEqual(
      Array(all.length - first).fill('Overfitting since step 240'),
    );
    expect(first).toBeLessThan(13);
  });
});

const falling = fc.array(fc.double({ min: 0, max: 0.3, noNaN: true }), { minLength: 2, maxLength: 30 });
const noisy = (falls: readonly number[], noise: readonly number[], size: number): [number, number, number][] => {
  let loss = 5.9;
  return falls.map((fall, i) => {
    loss -= fall;
    return [100 * (i + 1), loss + 0.499 * (noise[i] ?? 0) * size, loss - i / 10];
  });
};

test('noise within the error that is stated never makes a falling curve one that overfits', () => {
  const noise = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(falling, noise, fc.integer({ min: 64, max: 1e6 }), (falls, each, evalTokens) => {
      const error = errorOf([], evalTokens);
      for (const kind of kinds(course(noisy(falls, each, error), { evalTokens }))) {
        expect(['overfitting', 'unsteady']).not.toContain(kind);
      }
    }),
  );
});

test('whatever the curves do, nothing is memorised in less than an epoch', () => {
  const losses = fc.array(fc.tuple(fc.double({ min: 0, max: 6.8 }), fc.double({ min: 0, max: 6.8 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(losses, fc.boolean(), (points, isOver) => {
      const all = points.map(([held, trained], i): [number, number, number] => [10 * (i + 1), held, trained]);
      // 12 evaluations every 10 steps of 100 tokens, of 12,001.
      for (const { kind, judgement } of judged(course(all, { epoch: 120.01, isOver }))) {
        expect(['memorising', 'overfitting', 'level-memorised']).not.toContain(kind);
        expect(judgement).not.toMatch(/memori[sz]/i);
      }
    }),
  );
});

test('what is said and where the curve is said to go agree', () => {
  const losses = fc.array(
    fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  const trends = {
    beginning: [null],
    blind: ['falling', 'level', null],
    stuck: ['falling', 'level', null],
    learning: ['falling'],
    memorising: ['falling'],
    level: ['level'],
    'level-memorised': ['level'],
    overfitting: ['rising'],
    unsteady: ['rising'],
    diverging: ['rising'],
  };
  fc.assert(
    fc.property(losses, (points) => {
      const verdict = judge(course(points.map(([held, trained], i) => [100 * (i + 1), held, trained])));
      expect(trends[verdict.kind]).toContain(verdict.trend);
    }),
  );
});
