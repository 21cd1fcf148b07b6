import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_NAME } from '../base/textLimits';
import { nextRunName } from './runName';

test('names a run after its project, with the next number', () => {
  expect(nextRunName('Moby Dick', [])).toBe('moby-dick-1');
  expect(nextRunName('Moby Dick', ['moby-dick-1', 'moby-dick-3', 'slow'])).toBe('moby-dick-4');
  expect(nextRunName('Война и мир, том 1.txt', ['untitled-1'])).toBe('война-и-мир-том-1-txt-1');
  expect(nextRunName('diary-2019', ['diary-2019', 'SmolLM2-135'])).toBe('diary-2019-1');
  expect(nextRunName('…', [])).toBe('run-1');
});

test('no name repeats, is too long, or has a comma', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1, maxLength: 6 }),
      (projects) => {
        const used: string[] = [];
        for (const project of projects) used.push(nextRunName(project, used));
        expect(new Set(used).size).toBe(used.length);
        for (const name of used) {
          expect(name.length).toBeLessThanOrEqual(MAX_NAME);
          expect(name).not.toContain(',');
        }
      },
    ),
  );
});
