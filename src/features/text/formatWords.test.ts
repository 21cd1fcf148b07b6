import { expect, test } from 'vitest';
import { FORMATS } from '../../core/documents/read';
import { FORMAT_WORDS } from './formatWords';

test('the first screen names each format in one word, so that what it begins with stays in view', () => {
  expect(FORMAT_WORDS.split(', ')).toEqual(Object.keys(FORMATS).filter((id) => id !== 'discordPackage'));
  // Three lines beside what is to be watched: at 1440 × 900 the first sample is seen whole.
  expect(FORMAT_WORDS.length).toBeLessThan(240);
});
