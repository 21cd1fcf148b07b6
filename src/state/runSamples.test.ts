import { expect, test } from 'vitest';
import type { TrainEvent } from '../core/train/run';
import { RunLog } from './runLog';
import { runSamples } from './runSamples';

const recipe = { objective: 'causal', samplePrompt: 'The whale' } as const;
const evaluated = (step: number, sample: string): TrainEvent => ({
  kind: 'evaluated',
  step,
  loss: Math.log(100 - step),
  metrics: {},
  activeMs: step,
  sample,
});
const samplesOf = (...events: TrainEvent[]) =>
  runSamples(new RunLog(events), recipe).map(({ step, result, pieces, isApart }) => ({
    step,
    result,
    text: pieces.map(({ text }) => text).join('|'),
    ...(isApart && { isApart }),
  }));

test('samples are in step order, each with its result; one with another prompt is separate', () => {
  expect(samplesOf(evaluated(0, 'The whale str'), evaluated(20, 'The whale sea'))).toEqual([
    { step: 0, result: 'perplexity 100', text: 'The whale| str' },
    { step: 20, result: 'perplexity 80.0', text: 'The whale| sea' },
  ]);
});

test('a sample appears once, even before its step is evaluated', () => {
  const shown: TrainEvent = { kind: 'shown', step: 10, sample: 'The whale sea' };
  expect(samplesOf(evaluated(0, 'The whale'), shown).map(({ step, result }) => [step, result])).toEqual([
    [0, 'perplexity 100'],
    [10, 'not evaluated'],
  ]);
  expect(samplesOf(evaluated(0, 'The whale'), shown, evaluated(10, 'The whale sea'))).toHaveLength(2);
});

test('a sample on request appears at its step, separate if its prompt differs', () => {
  const asked = (prompt: string): TrainEvent => ({ kind: 'sampled', step: 10, prompt, sample: `${prompt} swims` });
  const of = samplesOf(evaluated(0, 'The whale'), asked('Ahab'), asked('The whale'), evaluated(20, 'The whale'));
  expect(of.map(({ step, text, isApart = false }) => [step, text, isApart])).toEqual([
    [0, 'The whale', false],
    [10, 'Ahab| swims', true],
    [10, 'The whale| swims', false],
    [20, 'The whale', false],
  ]);
});

test('replacement and control characters are not drawn', () => {
  expect(samplesOf(evaluated(0, 'The whale\ufffd\u0007 sea'))[0]!.text).toBe('The whale| sea');
});
