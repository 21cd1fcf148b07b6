import { expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { dropped } from '../../testing/drops';
import { originalOf, originalsFirst } from './copies';
import { importDrop } from './import';

test.each([
  ['x (1).txt', 'x.txt'],
  ['a.b/x(12).txt', 'a.b/x.txt'],
  ['Copy of x.txt', 'x.txt'],
  ['Copy (2) of x.txt', 'x.txt'],
  ['x copy.txt', 'x.txt'],
  ['x copy 3', 'x'],
  ['x - Copy.tar.gz', undefined],
  ['x - Copy (2).md', 'x.md'],
  ['photocopy.txt', undefined],
  ['x (draft).txt', undefined],
  ['(1).txt', undefined],
])('recognizes %s as a copy of %s', (name, original) => expect(originalOf(name)).toBe(original));

test('moves a copy right after its original, and keeps the order of the others', () => {
  const named = (...names: readonly string[]) =>
    originalsFirst(names.map((name) => ({ name }))).map(({ name }) => name);
  expect(named('b.txt', 'Copy of x.txt', 'x (1) (1).txt', 'x (1).txt', 'x.txt', 'y.txt')).toEqual([
    ...['b.txt', 'x.txt', 'Copy of x.txt', 'x (1).txt', 'x (1) (1).txt', 'y.txt'],
  ]);
  expect(named('a (1).txt', 'b.txt', 'b copy.txt')).toEqual(['a (1).txt', 'b.txt', 'b copy.txt']);
});

test('keeps the original of equal files in a drop, and keeps a lone copy', async () => {
  const store = memoryStore();
  const words = 'The sea is wide.';
  const files = ['Copy of sea.txt', 'sea (1).txt', 'sea copy.txt', 'sea.txt', 'tide (1).txt'];
  const sources = files.map((name) => dropped(name, name.startsWith('tide') ? 'The tide is high.' : words));
  const { added, duplicates } = await importDrop(sources, store, { addedAt: 1 }, unwatched);
  expect(added).toBe(2);
  expect(duplicates.map(({ name, equals }) => [name, equals])).toEqual([
    ['Copy of sea.txt', 'sea.txt'],
    ['sea (1).txt', 'sea.txt'],
    ['sea copy.txt', 'sea.txt'],
  ]);
});
