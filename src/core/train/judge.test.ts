import { describe, expect, test } from 'vitest';
import { METRICS } from '../metrics';
import { runCurve } from '../../testing/runCurve';
import { judge, MIN_TRAINING_TOKENS, MIN_VALIDATION_TOKENS } from './judge';
import type { RunCurve } from './verdict';

describe('a run is judged', () => {
  test('a leveled-off loss near zero is reported in nats', () => {
    const near = [0.0005, 0.0004, 0.00039, 0.00039].map((loss, i) => [20 * i + 20, loss, loss] as const);
    const { evidence, next } = judge(runCurve(near, { headline: METRICS.loss, more: 'More texts' }));
    expect(evidence).toMatch(/within the 0\.01 nats that .* loss was 0\.000390 nats\.$/);
    expect(next).toMatch(/^More texts would/);
  });

  test('only after an evaluation of a trained step', () => {
    expect(judge(runCurve([])).kind).toBe('warmingUp');
    const verdict = judge(runCurve([[0, Math.log(1000), 0]]));
    expect(verdict.kind).toBe('warmingUp');
    expect(verdict.evidence).toContain('1,000');
  });

  test('with the reason for an early end', () => {
    const points: [number, number, number][] = [
      [0, 6.9, 0],
      [100, 5, 5],
      [200, 5, 5],
    ];
    const early = { step: 200, evaluations: 1 };
    const { evidence } = judge(runCurve(points, { ending: 'early', early }));
    expect(evidence).toMatch(
      / Training ended early, at step 200 of 1,000: 1 evaluation in a row brought no improvement\.$/,
    );
    // A run that continued past that step didn't end early.
    expect(judge(runCurve(points, { early })).evidence).not.toContain('early');
    expect(judge(runCurve([...points, [300, 5, 5]], { ending: 'early', early })).evidence).not.toContain('early');
  });

  test('diverging above ln V, and if the loss is not a number', () => {
    expect(
      judge(
        runCurve([
          [0, 6.9, 0],
          [100, 9, 9],
        ]),
      ).kind,
    ).toBe('diverging');
    expect(
      judge(
        runCurve([
          [0, 6.9, 0],
          [100, NaN, 9],
        ]),
      ).kind,
    ).toBe('diverging');
  });

  test('not diverging if it learns its training text: the validation set is unlike it, or it memorizes', () => {
    const far = judge(
      runCurve([
        [0, 6.9, 0],
        [100, 9, 1],
        [200, 10, 0.5],
      ]),
    );
    expect(far.kind).toBe('overfitting');
    expect(far.evidence).not.toMatch(/learning rate/);
  });

  test('warming up if stopped while the loss fell, and underfitting if the loss was level', () => {
    const kindOf = (held: readonly number[]) =>
      judge(
        runCurve(
          held.map((loss, i) => [10 * i, loss, loss]),
          { ending: 'finished' },
        ),
      ).kind;
    expect(kindOf([7.6, 7.2, 6.8, 6.5])).toBe('warmingUp');
    expect(kindOf([6.9, 6.9, 6.9, 6.9])).toBe('underfitting');
  });

  test('no better than a unigram model: warming up early, underfitting late', () => {
    const early = judge(
      runCurve([
        [0, 6.9, 0],
        [100, 6.1, 6.1],
      ]),
    );
    const late = judge(
      runCurve([
        [0, 6.9, 0],
        [600, 6.1, 6.1],
      ]),
    );
    expect([early.kind, late.kind]).toEqual(['warmingUp', 'underfitting']);
    expect(early.judgement).not.toBe(late.judgement);
    expect(
      judge(
        runCurve(
          [
            [0, 6.9, 0],
            [100, 6.1, 6.1],
          ],
          { unigramLoss: null },
        ),
      ).kind,
    ).toBe('improving');
  });

  test('improving: the evidence names both perplexities and the steps between', () => {
    const verdict = judge(
      runCurve([
        [0, 6.9, 0],
        [100, 5, 5],
        [200, 4.5, 4.5],
        [300, 4.2, 4.2],
      ]),
    );
    expect(verdict.kind).toBe('improving');
    expect(verdict.evidence).toContain('between steps 0 and 300');
    expect(verdict.evidence).toContain('66.7');
  });

  test('memorizing: falling, but faster on the training text', () => {
    const verdict = judge(
      runCurve([
        [100, 5, 5],
        [200, 4.6, 4.4],
        [300, 4.5, 4],
        [400, 4.4, 3.2],
      ]),
    );
    expect(verdict.kind).toBe('memorizing');
    expect(verdict.evidence).toContain('three times');
  });

  test('ignores the gap if evaluation is harder than training, as with masked tokens', () => {
    const points: [number, number, number][] = [
      [100, 5, 4.4],
      [200, 4.6, 3.9],
      [300, 4.5, 3.5],
      [400, 4.4, 2.8],
    ];
    expect(judge(runCurve(points)).kind).toBe('memorizing');
    const hidden = judge(runCurve(points, { isGapKnown: false }));
    expect(hidden).toMatchObject({ kind: 'improving', trend: 'falling' });
    expect(hidden.evidence).not.toContain('Training');
    const level = points.map(([step, , trained]): [number, number, number] => [step, 4.4, trained]);
    expect(judge(runCurve(level)).kind).toBe('memorizing');
    expect(judge(runCurve(level, { isGapKnown: false })).kind).toBe('plateau');
  });

  test('overfitting: validation loss rises and training loss falls', () => {
    const verdict = judge(
      runCurve([
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

  test('needs more than one evaluation to change the verdict: 92.7, then 94.6', () => {
    const falling: [number, number, number][] = [
      [100, 5.4, 5.3],
      [200, 5, 4.9],
      [300, 4.7, 4.6],
      [400, Math.log(92.7), 4.4],
    ];
    const verdict = judge(runCurve([...falling, [500, Math.log(94.6), 4.3]]));
    expect(verdict).toMatchObject({ kind: 'improving', trend: 'falling' });
    expect(verdict.evidence).toContain('fell from 148 to 94.6');
    // Without an earlier fall, the curve is level until the next evaluation.
    const level: [number, number, number][] = [1, 2, 3, 4, 5, 6].map((n) => [n * 100, 4, 3.99]);
    const spike = judge(runCurve([...level, [700, 4.2, 3.98]]));
    expect(spike).toMatchObject({ kind: 'plateau', trend: 'level' });
    expect(spike.evidence).toMatch(/stayed near 54\.6.*the last evaluation, 66\.7, may be chance/);
    expect(judge(runCurve([...level, [700, 4.2, 3.9], [800, 4.3, 3.8]])).kind).toBe('overfitting');
  });

  test('not memorizing before the first epoch is complete', () => {
    const points: [number, number, number][] = [
      [100, 5, 5],
      [200, 4.5, 4],
      [300, 4.8, 3],
      [400, 4.9, 2.6],
    ];
    const verdict = judge(runCurve(points, { epoch: 2000 }));
    expect(verdict).toMatchObject({ kind: 'unstable', trend: 'rising' });
    expect(verdict.judgement + verdict.evidence).toMatch(/0\.2 epochs: too few to memorize the text/);
    expect(verdict.judgement).not.toMatch(/[Mm]emori/);
    expect(judge(runCurve(points, { epoch: null })).kind).toBe('unstable');
    // The loss rose earlier, so memorizing doesn't begin at this step.
  });

  test('only by evaluations after a change of the data', () => {
    const points: [number, number, number][] = [
      [0, 6.9, 6.9],
      [100, 5, 5],
      [200, 4.5, 4.5],
      [300, 3.8, 3.7],
      [400, 3.7, 3.6],
    ];
    const changed = (after: number) => judge(runCurve(points, { after }));
    expect(changed(400)).toMatchObject({ kind: 'warmingUp', trend: null });
    expect(changed(400).evidence).toBe('Not evaluated on the validation set yet.');
    expect(changed(300).evidence).toMatch(/is 40\.4 at step 400, measured once/);
    const both = changed(200);
    expect(both.evidence).toContain('fell from 44.7 to 40.4');
    expect(both.evidence).toMatch(/between steps [\d,]+ and [\d,]+/);
    // A rise over the losses on the old data doesn't count, and epochs count from the change.
    const worse: [number, number, number][] = [...points, [500, 5.5, 5.4], [600, 5.3, 5.2], [700, 5.1, 5]];
    expect(judge(runCurve(worse, { after: 400 })).kind).toBe('improving');
    expect(judge(runCurve(worse)).kind).toBe('unstable');
  });

  test('unstable: both losses rise', () => {
    expect(
      judge(
        runCurve([
          [100, 5, 5],
          [200, 4.5, 4.4],
          [300, 5.2, 5.1],
          [400, 5.3, 5.3],
        ]),
      ).kind,
    ).toBe('unstable');
  });

  test('plateau without a gap, memorizing with one', () => {
    const at = (trained: number) =>
      judge(runCurve([1, 2, 3, 4, 5].map((n): [number, number, number] => [n * 100, 4, trained]))).kind;
    expect(at(3.98)).toBe('plateau');
    expect(at(3.5)).toBe('memorizing');
  });

  test('distinguishes finished, stopped and interrupted runs', () => {
    const judgedAs = (ending: RunCurve['ending']) => judge(runCurve([[100, 5, 5]], { ending }));
    for (const [ending, word] of [
      ['stopped', 'Paused'],
      ['interrupted', 'Interrupted'],
      ['finished', 'Finished'],
    ] as const)
      expect(judgedAs(ending)).toMatchObject({
        ...{ kind: 'warmingUp', ending, finding: 'Too early to tell' },
        judgement: `${word} before it could be judged`,
      });
  });
});

/** A curve that falls to the end, below a unigram model. */
const falls: [number, number, number][] = [5, 4.6, 4.3, 4.1, 4].map((loss, i) => [100 * (i + 1), loss, loss]);

describe('too little text', () => {
  const judgedWith = (train: number, validation: number, more: Partial<RunCurve> = {}) =>
    judge(runCurve(falls, { text: { train, validation }, evalTokens: validation, ...more }));

  test('from one token below either minimum, with the number', () => {
    const few = judgedWith(1e5, MIN_VALIDATION_TOKENS - 1);
    expect(few).toMatchObject({ kind: 'tooLittleText', next: 'Add more text.' });
    expect(few.evidence).toMatch(/^The validation set has 127 tokens, so differences below 0\.11 nats may be chance/);
    expect(judgedWith(1e5, MIN_VALIDATION_TOKENS).kind).toBe('improving');
    expect(judgedWith(MIN_TRAINING_TOKENS - 1, 500)).toMatchObject({
      kind: 'tooLittleText',
      evidence: 'The training text has 1,279 tokens; 1,280 are the minimum for a verdict.',
    });
    expect(judgedWith(MIN_TRAINING_TOKENS, 500).kind).toBe('improving');
  });

  test('is not a verdict before the first evaluation or on a diverging run', () => {
    const text = { train: 10, validation: 10 };
    expect(judge(runCurve([[0, 6.9, 0]], { text })).kind).toBe('warmingUp');
    expect(
      judge(
        runCurve(
          [
            [0, 6.9, 0],
            [100, 9, 9],
          ],
          { text },
        ),
      ).kind,
    ).toBe('diverging');
  });

  test('keeps the trend of the curve', () => {
    expect(judgedWith(1e5, 100, { evalTokens: 1e5 }).trend).toBe('falling');
  });
});

describe('degenerate samples', () => {
  const prose = 'It was a dark night, and the old ship went slowly over the sea.';
  const judgedWith = (samples: readonly string[], more: Partial<RunCurve> = {}) =>
    judge(runCurve(falls, { written: (step) => samples[step / 100 - 1], ...more }));
  const bad = 'the whale, the whale, the whale, the whale, the whale,';

  test('need the two newest in a row', () => {
    const two = judgedWith([prose, prose, prose, bad, bad], { ending: 'finished' });
    expect(two).toMatchObject({
      kind: 'degenerateSamples',
      judgement: 'Finished, but its samples say nothing',
      next: 'Raise the temperature, or train longer.',
      trend: 'falling',
    });
    expect(two.evidence).toMatch(/^The samples of steps 400 and 500 repeat one passage or word over \d+ % /);
    expect(judgedWith([bad, bad, bad, bad, prose]).kind).toBe('improving');
    expect(judgedWith([bad, bad, bad, prose, bad]).kind).toBe('improving');
    expect(judgedWith(['', '', '', ' ', '']).evidence).toContain('are empty');
    expect(judgedWith(['', '', '', '\ufffd\ufffd\ufffd', bad]).evidence).toContain('empty, undecodable or repetitive');
  });

  test('count only after warm-up, and only if known', () => {
    const all = [bad, bad, bad, bad, bad];
    expect(judgedWith(all, { warmup: 399 }).kind).toBe('degenerateSamples');
    expect(judgedWith(all, { warmup: 400 }).kind).toBe('improving');
    expect(judgedWith([]).kind).toBe('improving');
  });

  test('do not replace a worse verdict', () => {
    const rises: [number, number, number][] = [
      [100, 5, 5],
      [200, 4.5, 4],
      [300, 4.8, 3],
      [400, 4.9, 2.6],
    ];
    expect(judge(runCurve(rises, { written: () => bad })).kind).toBe('overfitting');
  });
});
