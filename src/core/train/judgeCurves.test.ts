import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CountedBaselines, runCurve, inPerplexity } from '../../testing/runCurve';
import { judge } from './judge';
import { meanAt } from './meanAt';
import { errorOf } from './noise';
import { type RunCurve, toneOf, type Verdict, VERDICT_KINDS } from './verdict';

/** Verdict after each evaluation of a curve. */
const judged = (whole: RunCurve) =>
  whole.evaluations.map((_, i) => judge({ ...whole, evaluations: whole.evaluations.slice(0, i + 1) }));
const kinds = (whole: RunCurve) => judged(whole).map(({ kind }) => kind);

describe('curves of real runs', () => {
  type Curve = Pick<RunCurve, 'evalTokens' | 'planned'> &
    CountedBaselines & {
      tokensPerStep: number;
      trainTokens: number;
      evaluations: [number, number][];
      training: number[];
    };
  const file = new URL('../../testing/curves.json', import.meta.url);
  const curves = JSON.parse(readFileSync(file, 'utf8')) as Record<'falls' | 'shakes' | 'overfits', Curve>;
  const replayed = ({ evaluations, training, vocabulary, unigramLoss, ...facts }: Curve): RunCurve => ({
    ...facts,
    epoch: facts.trainTokens / facts.tokensPerStep,
    ...inPerplexity({ vocabulary, unigramLoss }),
    after: 0,
    warmup: 0,
    text: null,
    isGapKnown: true,
    ending: null,
    trained: (step, after) => meanAt({ step: training.map((_, i) => i + 1), loss: training }, step, after),
    evaluations: evaluations.map(([step, loss]) => ({ step, loss })),
  });

  test('a run whose loss falls for two epochs improves from its fourth evaluation to its end', () => {
    expect(kinds(replayed(curves.falls)).slice(3)).toEqual(Array(28).fill('improving'));
  });

  test('a run with a noisy loss from a high rate, at 0.7 epochs, never overfits, memorizes or levels off', () => {
    const all = kinds(replayed(curves.shakes));
    expect(all.slice(10)).toEqual(Array(all.length - 10).fill('improving'));
    // The validation loss does rise repeatedly, and raises the error estimate.
    const { evaluations, evalTokens } = replayed(curves.shakes);
    const rises = evaluations.filter(({ loss }, i) => i > 10 && loss > evaluations[i - 1]!.loss);
    expect(rises.length).toBeGreaterThan(5);
    expect(errorOf(evaluations, evalTokens)).toBeGreaterThan(errorOf(evaluations.slice(0, 2), evalTokens));
  });

  test('a run on a text of 5,752 tokens overfits from some evaluation to the end', () => {
    const all = judged(replayed(curves.overfits));
    const first = all.findIndex(({ kind }) => kind === 'overfitting');
    expect(first).toBeGreaterThan(7); // the seventh is the best
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

test('noise within the estimated error never makes a falling curve overfit', () => {
  const noise = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(falling, noise, fc.integer({ min: 64, max: 1e6 }), (falls, each, evalTokens) => {
      const error = errorOf([], evalTokens);
      for (const kind of kinds(runCurve(noisy(falls, each, error), { evalTokens }))) {
        expect(['overfitting', 'unstable']).not.toContain(kind);
      }
    }),
  );
});

test('no curve memorizes in less than an epoch', () => {
  const losses = fc.array(fc.tuple(fc.double({ min: 0, max: 6.8 }), fc.double({ min: 0, max: 6.8 })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(losses, fc.constantFrom(null, 'finished' as const), (points, ending) => {
      const all = points.map(([held, trained], i): [number, number, number] => [10 * (i + 1), held, trained]);
      // 12 evaluations, every 10 steps of 100 tokens, on a text of 12,001 tokens.
      for (const { kind, judgement } of judged(runCurve(all, { epoch: 120.01, ending }))) {
        expect(['memorizing', 'overfitting']).not.toContain(kind);
        expect(judgement).not.toMatch(/memori[sz]/i);
      }
    }),
  );
});

test('verdict and trend agree', () => {
  const losses = fc.array(
    fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
    {
      minLength: 1,
      maxLength: 12,
    },
  );
  const trends: Readonly<Record<Verdict['kind'], readonly Verdict['trend'][]>> = {
    warmingUp: ['falling', 'level', null],
    improving: ['falling'],
    plateau: ['level'],
    underfitting: ['falling', 'level', null],
    overfitting: ['rising'],
    memorizing: ['falling', 'level'],
    diverging: ['rising'],
    unstable: ['rising'],
    tooLittleText: [],
    degenerateSamples: [],
  };
  fc.assert(
    fc.property(losses, (points) => {
      const verdict = judge(runCurve(points.map(([held, trained], i) => [100 * (i + 1), held, trained])));
      expect(trends[verdict.kind]).toContain(verdict.trend);
    }),
  );
});

/** Any loss that a run may report, including non-finite ones. */
const anyLoss = fc.oneof(fc.double({ min: 0, max: 12, noNaN: true }), fc.constantFrom(0, NaN, Infinity, 1e-9, 1e300));
const change = fc.integer({ min: -60, max: 20 }).map((hundredths) => hundredths / 100);
/** Validation and training loss of each evaluation: random values, or walks that mostly fall. */
const anyLosses = fc.oneof(
  fc.array(fc.tuple(anyLoss, anyLoss), { maxLength: 20 }),
  fc.array(fc.tuple(change, change), { minLength: 4, maxLength: 20 }).map((changes) => {
    let [held, trained] = [6.5, 6.5];
    return changes.map(([a, b]): [number, number] => [(held += a), (trained += b)]);
  }),
);
const anyCourse = fc.record({
  losses: anyLosses,
  unigramLoss: fc.option(fc.integer({ min: 1, max: 7 })),
  epoch: fc.option(fc.integer({ min: 1, max: 500 })),
  evalTokens: fc.integer({ min: 1, max: 1e6 }),
  ending: fc.constantFrom(null, 'finished', 'early', 'stopped', 'interrupted', 'failed'),
  text: fc.option(fc.record({ train: fc.nat(50_000), validation: fc.nat(5000) })),
  isGapKnown: fc.boolean(),
  warmup: fc.nat(300),
  samples: fc.array(fc.constantFrom('', 'a b c d', 'no no no no no no no no no no no no'), { maxLength: 20 }),
});
type AnyCourse = typeof anyCourse extends fc.Arbitrary<infer C> ? C : never;

/** Curve with its first evaluation at step `after` + 50. */
const courseAt = ({ losses, samples, ...facts }: AnyCourse, after: number): RunCurve => ({
  ...runCurve(
    losses.map(([held, trained], i) => [50 * (i + 1), held, trained]),
    { ...facts, planned: 1000 + after },
  ),
  after,
  evaluations: losses.map(([loss], i) => ({ step: after + 50 * (i + 1), loss })),
  trained: (step) => ({ mean: losses[(step - after) / 50 - 1]![1], error: 0 }),
  written: (step) => samples[(step - after) / 50 - 1],
});

test('any curve has a verdict with a known kind, words and a next step, and no check mark on a wide gap', () => {
  fc.assert(
    fc.property(anyCourse, (given) => {
      const verdict = judge(courseAt(given, 0));
      expect(VERDICT_KINDS).toContain(verdict.kind);
      expect(verdict.ending).toBe(given.ending);
      for (const words of [verdict.finding, verdict.judgement]) expect(words).toMatch(/^[A-Z].*[^.]$/);
      expect(verdict.evidence).toMatch(/^[A-Z].*\.$/);
      expect(verdict.next).toMatch(/^[A-Z][^.]*\.$/);
      if ((verdict.gap ?? 0) > 0.3) expect(toneOf(verdict)).not.toBe('ok');
      if (toneOf(verdict) === 'ok') expect(['improving', 'plateau']).toContain(verdict.kind);
    }),
    { numRuns: 1000 },
  );
});

test('a curve shifted by any number of steps has the same verdict', () => {
  fc.assert(
    fc.property(anyCourse, fc.integer({ min: 1, max: 1e5 }), (given, later) => {
      const [now, then] = [0, later].map((after) => judge(courseAt(given, after)));
      expect(then).toMatchObject({ kind: now!.kind, trend: now!.trend, gap: now!.gap, next: now!.next });
    }),
  );
});
