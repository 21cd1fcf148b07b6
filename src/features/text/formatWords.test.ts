import { expect, test } from 'vitest';
import { FORMATS } from '../../core/documents/formats';
import { FORMAT_WORDS } from './formatWords';

test('names each format in one word', () => {
  expect(FORMAT_WORDS.split(', ')).toEqual(Object.keys(FORMATS).filter((id) => id !== 'discordPackage'));
});
