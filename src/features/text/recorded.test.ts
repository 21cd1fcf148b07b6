import { expect, test } from 'vitest';
import { recorded } from './recorded';

test('the run of the first screen begins near guessing, learns, and wrote what is shown at steps that were measured', () => {
  const { points, samples, vocabulary, prompt } = recorded;
  expect(points[0]!.step).toBe(0);
  expect(Math.abs(points[0]!.loss - Math.log(vocabulary))).toBeLessThan(0.2);
  expect(points.at(-1)!.loss).toBeLessThan(points[0]!.loss - 2);
  const steps = points.map(({ step }) => step);
  for (const { step, words } of samples) {
    expect(steps).toContain(step);
    expect(words.startsWith(prompt)).toBe(true);
  }
  expect(samples.at(-1)!.step).toBe(steps.at(-1));
});
