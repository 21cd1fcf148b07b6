import { expect, test } from 'vitest';
import { ownFiles, SavedPages } from './savedPages';

test('recognizes companion files in the folder of an existing page, in any language and at any depth', () => {
  const names = [
    'a/The whale.html',
    'a/The whale_files/logo.png',
    'a/The whale_files/deep/ad.html',
    'a/Der Wal.htm',
    'a/Der Wal-Dateien/stil.css',
    'a/La baleine.xhtml',
    'a/La baleine_fichiers/x.js',
    'b/The whale_files/notes.txt',
    'a/project_files/notes.txt',
    'a/The whale.txt',
    '.DS_Store',
  ];
  expect(ownFiles(names.map((name) => ({ name }))).own.map(({ name }) => name)).toEqual([
    'a/The whale.html',
    'a/Der Wal.htm',
    'a/La baleine.xhtml',
    'b/The whale_files/notes.txt',
    'a/project_files/notes.txt',
    'a/The whale.txt',
  ]);
  expect(new SavedPages(['C:\\a\\x.html']).holds('C:\\a\\x_files\\y.js')).toBe(true);
});
