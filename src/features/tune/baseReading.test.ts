import { expect, test } from 'vitest';
import { dataFacts } from '../../testing/runRecord';
import { runRows } from '../../testing/runRows';
import { baseReading } from './baseReading';

const [row] = runRows(1);
const { record, curve } = row!;
const last = curve!.evaluations.step.at(-1)!;
const loss = curve!.evaluations.loss.at(-1)!;
const [segment] = record.segments;
const facts = segment.data.facts!;
const on = (other: Partial<typeof facts>) => ({
  curve,
  record: {
    ...record,
    segments: [{ ...segment, data: { id: null, facts: dataFacts({ ...facts, ...other }) } }] as const,
  },
});

test('a base has bits per byte and names the text that it was evaluated on', () => {
  const { tokens, bytes } = facts.parts.validation;
  const bits = (loss * tokens) / (bytes * Math.LN2);
  const texts = [{ ...facts.texts[0]!, name: 'ahab.txt' }];
  expect(baseReading(on({ texts }), last)).toEqual({ value: `${bits.toPrecision(3)} bits/byte`, on: 'ahab.txt' });
  // Another tokenizer with the same loss per token has other bits per byte.
  const parts = { ...facts.parts, validation: { tokens, bytes: 2 * bytes } };
  expect(baseReading(on({ texts, parts }), last)!.value).toBe(`${(bits / 2).toPrecision(3)} bits/byte`);
});

test('a base without bits per byte names its metric, and one without a measurement has no reading', () => {
  const unknown = {
    curve,
    record: { ...record, segments: [{ ...segment, data: { id: null, facts: null } }] as const },
  };
  expect(baseReading(unknown, last)!.value).toMatch(/^perplexity [\d.]+$/);
  expect(baseReading({ curve: null, record }, last)).toBeUndefined();
  const evaluations = { ...curve!.evaluations, step: Float64Array.of(0), loss: Float64Array.of(7) };
  expect(baseReading({ curve: { ...curve!, evaluations }, record }, 10)).toBeUndefined();
});
