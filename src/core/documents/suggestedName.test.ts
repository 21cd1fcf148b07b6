import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { MAX_PROJECT_NAME } from '../base/textLimits';
import { dropped } from '../../testing/drops';
import { importDrop } from './import';
import { nameOfTexts, suggestedName } from './suggestedName';

const named = (...files: readonly (readonly [name: string, characters: number])[]) =>
  suggestedName(files.map(([name, characters]) => ({ name, characters })));
const each = (count: number, name: (n: number) => string, characters = 1000) =>
  Array.from({ length: count }, (_, n) => [name(n), characters] as const);

test.each([
  ['one file, without its folder and its ending', 'moby-dick', [['books/moby-dick.txt', 9]]],
  ['the folder of all files', 'letters', each(3, (n) => `letters/18${n}/june.txt`)],
  ['the folder of all but one file', 'diary', [...each(30, (n) => `diary/${n}.txt`), ['to-grandmother.txt', 900]]],
  ['the start of all file names', 'diary', each(2, (n) => `diary-${2019 + n}.txt`)],
  ['the longest start', 'diary-2019', each(9, (n) => `diary-2019-0${n}.txt`)],
  ['a start before numbers without a dash', 'scene', each(4, (n) => `scene ${9 + n}.txt`)],
  ['a start before words', 'letter', each(4, (n) => `letter_${'abcd'[n]}nna.txt`)],
  [
    'the start of thirty names, where one is another',
    'diary',
    [['letter.txt', 900], ...each(30, (n) => `diary${n}.md`)],
  ],
  [
    'the start that most have, before a longer one',
    'log',
    [...each(2, (n) => `log-a-${n}`), ...each(2, (n) => `log-b-${n}`)],
  ],
  [
    'a file that is most of all characters',
    'moby-dick',
    [
      ['note.txt', 10],
      ['moby-dick.txt', 5000],
      ['b.txt', 20],
    ],
  ],
  ['a file larger than many that are alike', 'novel', [...each(5, (n) => `note-${n}.txt`, 10), ['novel.txt', 5000]]],
  [
    'the largest of files without anything in common',
    'tide and 2 more',
    [
      ['sea.txt', 4],
      ['tide.txt', 5],
      ['a.txt', 3],
    ],
  ],
  [
    'dates are no start',
    '2019-05-02 and 2 more',
    [
      ['2019-05-01.txt', 4],
      ['2019-05-02.txt', 5],
      ['2019-05-03.txt', 4],
    ],
  ],
  [
    'neither is one letter',
    'a1',
    [
      ['a1.txt', 3],
      ['a2.txt', 2],
    ],
  ],
  [
    'no comma',
    'Ann Bo and 2 more',
    [
      ['Ann, Bo.txt', 3],
      ['x.txt', 2],
      ['y.txt', 2],
    ],
  ],
  ['a hidden file', '.notes', [['.notes', 2]]],
] as const)('%s: %s', (_, name, files) => {
  expect(named(...files)).toBe(name);
  // The order of the files doesn't matter.
  expect(named(...[...files].reverse())).toBe(name);
});

test('suggests a name that fits and has no comma for any files, and none without files', () => {
  expect(suggestedName([])).toBeUndefined();
  const file = fc.record({ name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), characters: fc.nat() });
  fc.assert(
    fc.property(fc.array(file, { minLength: 1, maxLength: 6 }), (files) => {
      const name = suggestedName(files)!;
      expect(name).toMatch(/^[^,]+$/);
      expect([name.trim() !== '', name.isWellFormed(), name.length <= MAX_PROJECT_NAME]).toEqual([true, true, true]);
    }),
  );
});

test('names texts by the characters of their files', async () => {
  const store = memoryStore();
  const add = async (...files: readonly (readonly [string, string])[]) => {
    const sources = files.map(([name, words]) => dropped(name, words));
    return (await importDrop(sources, store, { addedAt: 1 }, unwatched)).text!.id;
  };
  const rows = '{"text": "The sea is wide and deep."}\n{"text": "The tide is high today."}\n';
  const first = await add(['note.txt', 'Short.'], ['sea.txt', 'The sea is wide.'], ['tide.txt', 'The tide is high.']);
  const second = await add(['rows.jsonl', rows]);
  expect(await nameOfTexts(store, [first])).toBe('tide and 2 more');
  expect(await nameOfTexts(store, [first, second])).toBe('rows');
  expect(await nameOfTexts(store, [])).toBeUndefined();
});
