import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { headlineWords, metricsOf, OBJECTIVES } from '.';
import { metricOf } from '../metrics';

const NO_OBJECTIVES = [
  'answerLoss',
  'answers',
  'baseline',
  'batch',
  'byContext',
  'chatRows',
  'documentRows',
  'facts',
  'index',
  'labelFacts',
  'labelLoss',
  'labelRows',
  'masks',
  'objective',
  'packing',
  'pairFacts',
  'pairRows',
  'places',
  'showFilled',
  'showLabels',
  'showSpans',
  'shown',
  'spans',
  'strides',
  'unigram',
  'windows',
];

test('every file of an objective is in the list', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => /^[^.]+\.ts$/.test(name));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_OBJECTIVES.includes(name));
  expect(Object.keys(OBJECTIVES).sort()).toEqual(names.sort());
});

test('each objective has a headline metric that follows from any loss, and measures what it gives', () => {
  for (const objective of Object.values(OBJECTIVES)) {
    const [headline, ...others] = metricsOf(objective);
    expect(headline).toBe(objective.headline);
    expect(metricOf(headline!).scale).toBeDefined();
    expect(others).not.toContain(headline);
  }
  const { causal, masked } = OBJECTIVES;
  expect(metricsOf(causal)).toEqual(expect.arrayContaining(['loss', 'bitsPerByte']));
  expect(metricsOf(causal)).not.toContain('maskedAccuracy');
  expect(metricsOf({ ...causal, gives: ['loss'] })).not.toContain('bitsPerByte');
  expect(metricsOf(masked)).toEqual(expect.arrayContaining(['loss', 'maskedAccuracy']));
  expect(headlineWords('causal', Math.log(85.4))).toBe('perplexity 85.4');
});
