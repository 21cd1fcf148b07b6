import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { estimateOf, estimatesOfMean, metricOf, METRICS, type MetricId } from '.';
import { measuredWords, nameOf } from './words';

const NO_METRICS = ['index', 'metric', 'share', 'words'];
const ids = Object.keys(METRICS) as MetricId[];

test('lists every metric file', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_METRICS.includes(name));
  expect([...ids].sort()).toEqual(names.sort());
});

test('adds up sums and weights, and divides once', () => {
  const part = { tokens: 41, bytes: 82 };
  for (const id of ids) {
    const { ofMean } = metricOf(id);
    if (!ofMean) continue;
    const meter = metricOf(id).start(part);
    meter.add({ loss: 30, weight: 10 });
    meter.add({ loss: 1, weight: 10 });
    expect(meter.value().value).toBeCloseTo(ofMean(1.55, part), 12);
  }
});

test('scores answers over the corpus, with an interval', () => {
  const meter = METRICS.exactMatch.start();
  expect(meter.value().value).toBeNaN();
  meter.add({ loss: 30, weight: 10 });
  meter.add({
    loss: 0,
    weight: 0,
    answers: [
      { output: 'a', wanted: 'a' },
      { output: 'b', wanted: 'c' },
    ],
  });
  // Wilson interval of one in two.
  expect(meter.value()).toEqual({
    value: 50,
    low: expect.closeTo(9.45, 2) as number,
    high: expect.closeTo(90.55, 2) as number,
  });
});

test.each([3, 7, 1000])('%i answers: the interval starts at 0 if none is right, and ends at 100 for all', (count) => {
  const interval = (output: string) => {
    const meter = METRICS.exactMatch.start();
    meter.add({ loss: 0, weight: 0, answers: Array.from({ length: count }, () => ({ output, wanted: 'a' })) });
    return meter.value();
  };
  expect(interval('b')).toMatchObject({ value: 0, low: 0 });
  expect(interval('a')).toMatchObject({ value: 100, high: 100 });
});

test('bits per byte: two bytes a token, ln 2 nats a bit', () => {
  expect(METRICS.bitsPerByte.ofMean(Math.LN2, { tokens: 41, bytes: 82 })).toBeCloseTo(0.5, 12);
});

test('a scale is invertible and applies to any loss; other metrics exist only if measured', () => {
  for (const id of ids) {
    const { scale } = metricOf(id);
    const got = estimateOf(id, { loss: 2.5, metrics: {} });
    if (!scale) expect(got).toBeUndefined();
    else {
      expect(scale.loss(scale.of(2.5))).toBeCloseTo(2.5, 12);
      expect(got!.value).toBe(scale.of(2.5));
    }
  }
  expect(estimatesOfMean(ids, Math.LN2, { tokens: 1, bytes: 2 })).toEqual({ bitsPerByte: { value: 0.5 } });
});

test('shows a value with its unit, and with its bounds if any', () => {
  expect(measuredWords(METRICS.loss, { value: 4.452 })).toBe('loss 4.45 nats per token');
  expect(measuredWords(METRICS.perplexity, { value: 85.4, low: 80, high: 91 })).toBe('perplexity 85.4 (80 to 91)');
  expect([nameOf(METRICS.bitsPerByte), nameOf({ label: 'BLEU' })]).toEqual(['bits per byte', 'BLEU']);
});
