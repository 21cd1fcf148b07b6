import { expect, test } from 'vitest';
import type { StepEvent, TrainEvent } from '../../core/train/run';
import { RunLog } from '../../state/runLog';
import { metricCharts, stepCharts } from './smallCharts';

const step = (n: number): StepEvent => ({
  ...{ kind: 'step', step: n, loss: 3, learningRate: n / 10, gradientNorm: 1.5, tokensPerSecond: 1e4 },
  ...{ activeMs: 9 * n, memoryBytes: 7 },
});
const evaluated = (n: number, oldPerplexity?: number): TrainEvent => ({
  ...{ kind: 'evaluated', step: n, loss: 3, activeMs: 9 * n, sample: '' },
  metrics: {
    bitsPerByte: { value: 2 },
    ...(oldPerplexity !== undefined && { oldPerplexity: { value: oldPerplexity } }),
  },
});

test('step values have charts in order, also before the first step, and without undone steps', () => {
  expect(stepCharts(new RunLog()).map(({ title, y }) => [title, y])).toEqual([
    ['Learning rate', []],
    ['Gradient norm', []],
    ['Tokens per second', []],
  ]);
  const [rate] = stepCharts(new RunLog([step(1), step(2), step(3)]), 2);
  expect(rate).toMatchObject({ id: 'learningRate', name: 'learning rate', x: [1, 2], y: [0.1, 0.2] });
});

test('a metric that the run measures has a chart, and one derived from the loss has none', () => {
  const charts = (...events: TrainEvent[]) => metricCharts(new RunLog(events), 'causal', 5);
  expect(charts(evaluated(0), evaluated(5))).toEqual([]);
  expect(charts(evaluated(0), evaluated(5, 20), evaluated(9, 30))).toEqual([
    {
      ...{ id: 'oldPerplexity', label: 'Perplexity of old text', title: 'Perplexity of old text' },
      ...{ name: 'perplexity of old text', x: [5], y: [20] },
    },
  ]);
});
