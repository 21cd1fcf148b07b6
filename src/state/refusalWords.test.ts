import { expect, test } from 'vitest';
import { badFile, toFailure } from '../core/base/errors';
import { refusalWords } from './refusalWords';

test('a refusal after a file’s name does not repeat the name', () => {
  const refusal = (message: string) => ({ name: 'a.pdf', failure: toFailure(badFile(message)) });
  expect(refusalWords(refusal('a.pdf is a PDF, not plain text.'))).toBe('is a PDF, not plain text');
  expect(refusalWords(refusal('a.pdf: it is not a zip file.'))).toBe('it is not a zip file');
  expect(refusalWords(refusal('Character 3 of the pasted text is no character.'))).toBe(
    'Character 3 of the pasted text is no character',
  );
});
