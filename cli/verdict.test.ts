import { expect, test } from 'vitest';
import { judgeRun } from '../src/core/runs/judgeRun';
import { dataFacts, runRecord } from '../src/testing/runRecord';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import type { TrainEvent } from '../src/core/train/run';
import { RunLog } from '../src/state/runLog';
import { verdictOf, verdictWords } from '../node/runs/runVerdict';

const parts = { train: { tokens: 2e5, bytes: 2e5 }, validation: { tokens: 2e4, bytes: 2e4 } };
const facts = dataFacts({ parts, unigramLoss: 5 });
const record = runRecord({ recipe: { ...DEFAULT_RECIPE, steps: 50, warmup: 5 }, data: { facts } });
const { after, recipe } = record.segments[0];
const info = { model: record.model, segments: [{ after, recipe, data: facts }] as const };

/** Falls from 5.4 nats, a step at a time. @param sample of step `at` */
const eventsOf = (sample: (at: number) => string): TrainEvent[] =>
  Array.from({ length: 51 }, (_, step): TrainEvent[] => {
    const loss = 5.4 - step / 40;
    const cost = { learningRate: 1, gradientNorm: 1, tokensPerSecond: 1, activeMs: step, memoryBytes: 1 };
    const evaluated = { step, loss, activeMs: step, sample: sample(step), metrics: {} };
    return [
      ...(step > 0 ? [{ kind: 'step', step, loss, ...cost } as const] : []),
      ...(step % 10 === 0 ? [{ kind: 'evaluated', ...evaluated } as const] : []),
    ];
  }).flat();

test('is that of the app, and says the ending once', () => {
  const events = eventsOf((at) => `Call me Ishmael, some ${at} years ago, never mind how long.`);
  const verdict = verdictOf(info, events, { reason: 'finished' });
  expect(verdict).toEqual(judgeRun(record, new RunLog(events), { planned: 50, ending: 'finished' }));
  expect(verdict).toMatchObject({ kind: 'improving', judgement: 'Finished, and still improving' });
  expect(verdictWords(verdict)).toMatch(
    /^Still improving\. Perplexity on text it never saw fell from [\d.]+ to 63\.4 between steps 20 and 50; .* Train longer to lower it further\.$/,
  );
  expect(verdictWords(verdictOf(info, events, { reason: 'early' }))).not.toMatch(/Finished|ended early/);
});

test('uses the samples of the curve', () => {
  const events = eventsOf((at) => (at < 40 ? 'A whale.' : 'the the the the the the the the the the the'));
  expect(verdictOf(info, events, { reason: 'stopped' }).kind).toBe('degenerateSamples');
  // Of two samples after warm-up, one is usable.
  expect(
    verdictOf(
      info,
      events.filter(({ kind }, i) => kind !== 'evaluated' || i < 50),
      { reason: 'stopped' },
    ).kind,
  ).toBe('improving');
});

test('knows how much text there is', () => {
  const few = dataFacts({ parts: { ...parts, validation: { tokens: 99, bytes: 99 } } });
  const segments = [{ after, recipe, data: few }] as const;
  const verdict = verdictOf(
    { ...info, segments },
    eventsOf(() => ''),
    { reason: 'finished' },
  );
  expect(verdictWords(verdict)).toMatch(
    /^Too little text to judge\. The validation set has 99 tokens, .* Add more text\.$/,
  );
});
