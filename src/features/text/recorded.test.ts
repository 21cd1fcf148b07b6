import { expect, test } from 'vitest';
import { recorded } from './recorded';

test('the recorded run starts near uniform, learns, and its samples belong to measured steps', () => {
  const { points, samples, vocabulary, prompt } = recorded;
  expect(points[0]!.step).toBe(0);
  expect(Math.abs(points[0]!.loss - Math.log(vocabulary))).toBeLessThan(0.2);
  expect(points.at(-1)!.loss).toBeLessThan(points[0]!.loss - 2);
  const steps = points.map(({ step }) => step);
  for (const { step, words } of samples) {
    expect(steps).toContain(step);
    expect(words.startsWith(prompt)).toBe(true);
    expect(words).not.toMatch(/[\ufffd\0-\x1f\x7f-\x9f]/);
  }
  expect(samples.at(-1)!.step).toBe(steps.at(-1));
});

test('the answer of the letter puzzle is right, and the label is one of the sample’s', () => {
  const [, letters] = recorded.answer.input.split(' ');
  expect(recorded.answer.output).toBe(Array.from(letters!).toSorted().join(''));
  expect(['spam', 'ham']).toContain(recorded.label.label);
});
