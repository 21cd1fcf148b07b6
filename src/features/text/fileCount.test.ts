/** One count if each file is a document, both if a table has rows. */
import { expect, test } from 'vitest';
import { fileCounts } from './fileCount';

const words = (texts: Parameters<typeof fileCounts>[0]): string =>
  fileCounts(texts)
    .map(({ count, noun }) => `${count} ${noun}`)
    .join(', ');

test.each([
  ['9 file', [{ documents: 9, files: 9 }]],
  ['9 file, 412 document', [{ documents: 412, files: 9 }]],
  ['1 file, 20 document', [{ documents: 20, files: 1 }]],
  [
    '10 file, 21 document',
    [
      { documents: 20, files: 9 },
      { documents: 1, files: 1 },
    ],
  ],
  ['2 file', [{ documents: 1 }, { documents: 1, files: 1 }]],
  ['21 document', [{ documents: 20 }, { documents: 1, files: 1 }]],
])('%s', (said, texts) => expect(words(texts)).toBe(said));
